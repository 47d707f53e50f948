namespace Tactus.Host.Replay;

/// <summary>A replay cannot start; the message says why and what to do.</summary>
internal sealed class ReplayException(string message) : Exception(message);
