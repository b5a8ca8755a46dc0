using Audrey.Gateway.Hosting;
using Audrey.Gateway.Settings;
using Audrey.Gateway.Tests.Support;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Audrey.Gateway.Tests.Hosting;

public sealed class ServerLimitsTests
{
    [Theory]
    [InlineData(20_000, 19_000)]
    [InlineData(1024, 768)]
    [InlineData(101_000, 100_000)]
    public void The_number_of_connections_is_limited_by_the_number_of_open_files(long files, long connections)
    {
        var (limit, log) = Configured(new OpenFiles(files));
        Assert.Equal(connections, limit);
        var warning = $"Warning This process may open {files} files, so it accepts {connections} connections and not the 100000 of "
            + "Audrey:Gateway:MaxConnections";
        Assert.Equal(connections < 100_000, log.Contains(warning, StringComparison.Ordinal));
    }

    [Fact]
    public void If_open_files_are_not_limited_the_setting_limits_the_connections() =>
        Assert.Equal((100_000, ""), Configured(new OpenFiles(null)));

    [Theory]
    [InlineData("Max open files            1024                 524288               files     ", 1024L)]
    [InlineData("Max open files            unlimited            unlimited            files     ", null)]
    [InlineData("Max processes             100                  100                  processes ", null)]
    public void The_current_limit_of_the_process_is_read(string line, long? expected) =>
        Assert.Equal(expected, OpenFiles.Read(["Limit                     Soft Limit           Hard Limit           Units     ", line]));

    [Fact]
    public void The_limit_of_this_process_is_positive() => Assert.InRange(OpenFiles.OfThisProcess().Connections ?? 1, 1, long.MaxValue);

    private static (long? Connections, string Log) Configured(OpenFiles files)
    {
        using var log = new LogLines();
        using var factory = LoggerFactory.Create(logging => logging.AddProvider(log));
        var server = new KestrelServerOptions();
        new ServerLimits(Options.Create(new GatewayOptions()), files, factory.CreateLogger<ServerLimits>()).Configure(server);
        return (server.Limits.MaxConcurrentConnections, log.Text);
    }
}
