namespace Tactus.Host.Devnet;

/// <summary>A devnet cannot start or go on; the message says why and what to do.</summary>
internal sealed class DevnetException(string message) : Exception(message);
