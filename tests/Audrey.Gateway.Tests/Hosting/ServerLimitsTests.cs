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
    public void No_more_connections_are_taken_than_there_can_be_files_for(long files, long connections)
    {
        var (limit, log) = Configured(new OpenFiles(files));
        Assert.Equal(connections, limit);
        Assert.Equal(connections < 100_000, log.Contains($"Warning This process may have {files} files open, so it takes at most {connections} connections, not the 100000 of Audrey:Gateway:MaxConnections", StringComparison.Ordinal));
    }

    [Fact]
    public void Without_a_limit_the_setting_counts() => Assert.Equal((100_000, ""), Configured(new OpenFiles(null)));

    [Theory]
    [InlineData("Max open files            1024                 524288               files     ", 1024L)]
    [InlineData("Max open files            unlimited            unlimited            files     ", null)]
    [InlineData("Max processes             100                  100                  processes ", null)]
    public void The_limit_in_force_is_read(string line, long? expected) =>
        Assert.Equal(expected, OpenFiles.Read(["Limit                     Soft Limit           Hard Limit           Units     ", line]));

    [Fact]
    public void This_process_has_a_limit_that_leaves_it_connections() => Assert.InRange(OpenFiles.OfThisProcess().Connections ?? 1, 1, long.MaxValue);

    private static (long? Connections, string Log) Configured(OpenFiles files)
    {
        using var log = new LogLines();
        using var factory = LoggerFactory.Create(logging => logging.AddProvider(log));
        var server = new KestrelServerOptions();
        new ServerLimits(Options.Create(new GatewayOptions()), files, factory.CreateLogger<ServerLimits>()).Configure(server);
        return (server.Limits.MaxConcurrentConnections, log.Text);
    }
}
