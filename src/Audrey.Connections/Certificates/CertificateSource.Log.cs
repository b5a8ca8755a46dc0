using Microsoft.Extensions.Logging;

namespace Audrey.Connections.Certificates;

internal static partial class CertificateSourceLog
{
    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "The TLS certificates were replaced. New connections use {Certificate}, which is valid until {Expiry}.")]
    public static partial void LogReplaced(this ILogger logger, string certificate, string expiry);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The TLS certificates were replaced by files that cannot be used, so the previous certificates stay: {Problem}")]
    public static partial void LogNotReplaced(this ILogger logger, string problem);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The TLS certificate {Certificate} is valid only until {Expiry}. Replace it: afterwards no connection is accepted.")]
    public static partial void LogExpiry(this ILogger logger, string certificate, string expiry);
}
