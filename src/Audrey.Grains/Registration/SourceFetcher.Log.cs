using Microsoft.Extensions.Logging;

namespace Audrey.Grains.Registration;

internal sealed partial class SourceFetcher
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "Fetched {Fetched} of {Sources} sources, {Bytes} bytes, in {Elapsed}.")]
    private partial void LogFetched(int fetched, int sources, long bytes, TimeSpan elapsed);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A source was not fetched: {Source} {Problem}.")]
    private partial void LogNotFetched(string source, string problem);
}
