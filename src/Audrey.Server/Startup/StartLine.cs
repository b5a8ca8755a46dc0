using Audrey.Gateway.Credentials;
using Audrey.Server.Settings;
using Microsoft.Extensions.Options;

namespace Audrey.Server.Startup;

/// <summary>
/// The line that the server prints when it has started. The line contains the addresses, the data directory, and the location of the
/// credential. Scripts can wait for this line.
/// </summary>
internal static class StartLine
{
    public static string Format(WebApplication server)
    {
        var settings = server.Services.GetRequiredService<IOptions<ServerOptions>>().Value;
        var line = $"Audrey {CommandLine.Version} listens on {string.Join(", ", server.Urls)}; data directory {settings.DataDirectory}";
        return settings.IsGateway
            ? $"{line}; conductor's credential in {server.Services.GetRequiredService<MadeConductor>().Location}"
            : line;
    }
}
