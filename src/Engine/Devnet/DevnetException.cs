namespace Tactus.Engine.Devnet;

/// <summary>A devnet cannot start or go on; the message says why and what to do.</summary>
public sealed class DevnetException(string message) : Exception(message);
