using Audrey.Server;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Audrey.EndToEnd.Tests.Server;

public sealed class LoggingTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true, "--Logging:CaptureScopes=true")]
    public async Task Scopes_are_captured_only_if_a_setting_enables_them(bool captured, params string[] arguments)
    {
        using var directory = new TempDirectory();
        await using var server = AudreyServer.Build([$"--Audrey:DataDirectory={directory.Path}", .. arguments]);
        Assert.Equal(captured, server.Services.GetRequiredService<IOptions<LoggerFilterOptions>>().Value.CaptureScopes);

        // The server begins a log scope for each connection. If scopes are not captured, a scope must use no memory.
        using var scope = server.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Audrey").BeginScope("scope");
        Assert.Equal(captured, scope!.GetType().Name != "NullScope");
    }
}
