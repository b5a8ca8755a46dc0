namespace Audrey.Connections.Tls;

/// <summary>A connection was refused, by this side or by the other. The message says which side refused it, and why.</summary>
public sealed class TlsRefusedException(string message, Exception? innerException = null) : IOException(message, innerException);
