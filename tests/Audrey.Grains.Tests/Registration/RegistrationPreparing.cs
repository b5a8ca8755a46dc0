using Audrey.Abstractions.Conductors;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Limits;
using Audrey.Core.Tarballs;
using Audrey.Grains.Registration;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Audrey.Grains.Tests.Registration;

public sealed class RegistrationPreparing
{
    private static readonly DocumentLimits Limits = new();
    private static readonly ConductorCommand Command = new(ConductorKey.Parse("conductor"), null);
    private static readonly FakeTimeProvider Time = new();

    [Fact]
    public async Task A_prepared_registration_contains_a_tarball_instead_of_the_sources()
    {
        await using var server = await LocalWebServer.Start(context => context.Response.WriteAsync("fetched"));
        using var fetcher = Fetchers.Local();
        var config = Config(server.Url("/start.sh"), server.Url("/site.conf"));
        var prepared = await Preparer(fetcher).Prepare(Command, config);

        Assert.True(prepared.IsReady);
        var contents = new Dictionary<string,
            byte[]>
        { [server.Url("/start.sh")] = "fetched"u8.ToArray(), [server.Url("/site.conf")] = "fetched"u8.ToArray() };
        Assert.Equal(TarballBuilder.Build(config, contents, Time.GetUtcNow(), Limits).Bytes, prepared.Registration.Tarball);
        var service = Assert.Single(prepared.Registration.Config.Services);
        Assert.Null(service.Executable);
        Assert.Empty(service.Files);
        Assert.Same(Command, prepared.Registration.Command);
    }

    [Fact]
    public async Task A_refused_source_prevents_the_registration()
    {
        await using var server = await LocalWebServer.Start(context => context.Response.WriteAsync("fetched"));
        using var fetcher = Fetchers.Local();
        var prepared = await Preparer(fetcher).Prepare(Command, Config(server.Url("/start.sh"), "http://[::1]:1/x"));
        Assert.False(prepared.IsReady);
        Assert.StartsWith("a file of web[web]: http://[::1]:1/x leads to ::1", Assert.Single(prepared.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public async Task If_a_config_is_invalid_no_file_is_fetched()
    {
        await using var server = await LocalWebServer.Start(context => context.Response.WriteAsync("fetched"));
        using var fetcher = Fetchers.Local();
        var prepared = await Preparer(fetcher).Prepare(Command, Config(server.Url("/start.sh"), server.Url("/start")));
        Assert.Equal("service web: a second file start; names must be unique, and start is reserved for the executable",
            Assert.Single(prepared.Problems));
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Files_that_do_not_fit_into_a_tarball_prevent_the_registration()
    {
        await using var server = await LocalWebServer.Start(context => context.Response.Body.WriteAsync(new byte[10]).AsTask());
        using var fetcher = Fetchers.Local();
        var preparer = new RegistrationPreparer(fetcher, Options.Create(Limits with { MaxTarballEntries = 2 }), Time);
        var prepared = await preparer.Prepare(Command, Config(server.Url("/a"), server.Url("/b")));
        Assert.Equal("the tarball would have 4 entries; at most 2 are allowed", Assert.Single(prepared.Problems));
    }

    private static RegistrationPreparer Preparer(SourceFetcher fetcher) => new(fetcher, Options.Create(Limits), Time);

    private static InstanceConfig Config(string executable, string file) => new()
    {
        Id = InstanceId.Parse("i-1"),
        Name = "web",
        Secret = "secret",
        Deployable = DeployableId.Parse("shop"),
        DeployableName = "Shop",
        Services = [new ServiceConfig { Name = "web", Executable = new SourceFile { Url = executable },
            Files = [new SourceFile { Url = file }] }],
    };
}
