using System.Text.Json.Nodes;
using Audrey.Core.Ids;
using Audrey.EndToEnd.Tests.Commands;
using Audrey.EndToEnd.Tests.Protocol;
using Audrey.EndToEnd.Tests.Support;
using Audrey.Protocol.Version3;
using static Audrey.EndToEnd.Tests.Protocol.ServerFixture;

namespace Audrey.EndToEnd.Tests.Guests;

/// <summary>A failed service runs again by the command, by version 3 and by the library, with the guest program.</summary>
[Collection(ServerCollection.Name)]
public sealed class RetryTests(ServerFixture server) : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly string _id = NewId("shop");
    private readonly string _web = NewId("web");

    private BasicClient Conductor => server.Server.Basic(RunningServer.ConductorKey, RunningServer.ConductorSecret);

    private BasicClient Client => server.Server.Basic(_web, SecretOf(_web));

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_guest_that_stays_runs_the_failed_service_again_and_reports_a_new_run()
    {
        await Register(stay: true);
        using var guest = Guest();
        var run = guest.Run("--deadline", "120");
        await UntilRun(run, 1, "failed");

        var (code, text, error) = await Command("retry", $"{_web}/http");

        Assert.True(code == 0, error);
        Assert.Contains("runs http again, as run 2", text, StringComparison.Ordinal);
        await UntilRun(run, 2, "failed");
        await File.WriteAllTextAsync(_directory.File("mended"), "");
        await using var library = await server.Server.Connect(RunningServer.ConductorKey, RunningServer.ConductorSecret);
        var retried = await library.RetryServicesAsync(InstanceId.Parse(_web));
        Assert.Equal((3L, true), (retried.Runs["http"], retried.IsListening));
        await UntilRun(run, 3, "succeeded");
        var refused = await Command("retry", _web);
        Assert.True(refused.Code == 1, refused.Error);
        Assert.Contains("only a failed service can be run again", refused.Error, StringComparison.Ordinal);
        Assert.Equal(4, (await Command("retry", $"{_web}/htpt")).Code);
        await guest.Terminate();
        var end = await run.Within("the end of a terminated guest");
        Assert.True(end.ExitCode == 0, end.Log);
    }

    [Fact]
    public async Task A_guest_that_has_exited_does_not_listen_and_runs_the_service_when_it_runs_again()
    {
        await Register(stay: false);
        using var guest = Guest();
        Assert.Equal(1, (await guest.Run("--deadline", "120")).ExitCode);

        var (code, _, error) = await Command("retry", _web);

        Assert.True(code == 7, error);
        Assert.Contains("does not listen: it has exited or is unreachable", error, StringComparison.Ordinal);
        Assert.Contains("systemctl start audrey-instance-config", error, StringComparison.Ordinal);
        var path = $"/v3/deployables/{_id}/instances/{_web}/retry";
        var again = BasicClient.Read(await Conductor.Post(path, "a key"), Version3Json.Default.RetriedServices);
        Assert.Equal((new RetriedService("http", 2), false), (Assert.Single(again.Services), again.Listening));
        Assert.Equal(again, BasicClient.Read(await Conductor.Post(path, "a key"), Version3Json.Default.RetriedServices) with
        {
            Services = again.Services,
        });
        await File.WriteAllTextAsync(_directory.File("mended"), "");
        var second = await guest.Run("--deadline", "120");
        Assert.True(second.ExitCode == 0, second.Log);
        Assert.Equal([new ServiceState("http", "executable", "succeeded", 2)], (await Client.Hello()).Services);
        BasicClient.Problem(await Conductor.Post(path), 409);
    }

    private async Task Register(bool stay)
    {
        Directory.CreateDirectory(_directory.File("home"));
        var body = new JsonObject
        {
            ["name"] = "shop",
            ["instances"] = new JsonArray(new JsonObject
            {
                ["id"] = _web,
                ["assembly"] = "web",
                ["secret"] = SecretOf(_web),
                ["stay"] = stay,
                ["services"] = new JsonArray(new JsonObject
                {
                    ["name"] = "http",
                    ["executable"] = new JsonObject { ["contents"] = $"#!/bin/sh\n[ -e {_directory.File("mended")} ]\n" },
                }),
            }),
        };
        Assert.Equal(200, (await Conductor.Put($"/v3/deployables/{_id}", body.ToJsonString())).Status);
        var login = await new CommandProcess(_directory.File("home")).Run(
            RunningServer.ConductorSecret,
            "login", "shop", "--url", server.Server.Endpoint.ToString(), "--key", RunningServer.ConductorKey);
        Assert.True(login.Code == 0, login.Error);
    }

    private GuestProcess Guest() => new(server.Server.Endpoint, _web, SecretOf(_web));

    private Task<(int Code, string Out, string Error)> Command(params string[] args) =>
        new CommandProcess(_directory.File("home")).Run("", args);

    private Task UntilRun(Task<(int ExitCode, string Output, string Log)> run, long number, string state) => Deadlines.Until(
        async () =>
        {
            if (run.IsCompleted) Assert.Fail($"The guest has ended: {(await run).Log}");
            var hello = await Client.Hello();
            return hello.AppliedRevision == hello.Revision && hello.Services[0] == new ServiceState("http", "executable", state, number);
        },
        $"run {number} of the service, which {state}");
}
