using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Audrey.EndToEnd.Tests.Support;
using Audrey.Protocol.Authentication;
using Audrey.Protocol.Version3;
using static Audrey.EndToEnd.Tests.Protocol.ServerFixture;

namespace Audrey.EndToEnd.Tests.Crash;

/// <summary>After kill -9, the audit trail has an entry for every command that was carried out.</summary>
[Collection(ProcessTests.Name)]
public sealed class AuditCrashTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task If_the_server_is_killed_during_a_command_the_entry_remains_and_a_repetition_of_the_command_adds_the_outcome()
    {
        using var web = new TcpListener(IPAddress.Loopback, 0);
        web.Start();
        var url = $"http://127.0.0.1:{((IPEndPoint)web.LocalEndpoint).Port}/start";
        var signer = new OAuthSigner(ServerProcess.ConductorKey, ServerProcess.ConductorSecret, TimeProvider.System);
        var document = Document("web", $"<services><service name=\"s\"><executable url=\"{url}\"/></service></services>", "shop");
        var captured = CapturedRequest.Form(signer, "POST", "/configs/2/web", "data", document);

        await using (var server = await Start())
        {
            // The server has begun to carry out the command. It waits for a file, because this web server does not answer.
            var sending = captured.Send(server.Endpoint);
            using var fetching = await web.AcceptTcpClientAsync().Within("the request for the file");
            await server.Kill();
            await Assert.ThrowsAnyAsync<IOException>(() => sending);
        }

        await using var restarted = await Start();
        var entry = Assert.Single(await Entries(restarted));
        Assert.Equal(("register-instance", "shop", "web", "127.0.0.1"), (entry.Action, entry.Deployable, entry.Instance, entry.Address));
        Assert.Equal((ServerProcess.ConductorKey, null, null), (entry.Credential, entry.Outcome, entry.Ended));

        var repeated = captured.Send(restarted.Endpoint);
        await Serve(web);
        Assert.Equal(200, await repeated.Within("the answer to the repetition"));
        Assert.Equal(("done", 1), Assert.Single((await Entries(restarted)).Select(found => (found.Outcome, found.Repetitions))));
    }

    [Fact]
    public async Task After_a_kill_under_load_every_registered_deployable_has_its_entry_once_and_only_the_newest_outcomes_are_unknown()
    {
        var (acknowledged, started) = (new ConcurrentQueue<(int Sender, string Id)>(), 0);
        await using (var server = await Start())
        {
            var conductor = ConductorOf(server);
            var enough = new TaskCompletionSource();
            var load = Enumerable.Range(0, 32).Select(async sender =>
            {
                try
                {
                    while (true)
                    {
                        var id = $"d-{Interlocked.Increment(ref started)}";
                        var instance = $$"""{ "id": "{{id}}-web", "assembly": "web", "secret": "0123456789abcdef" }""";
                        var body = $$"""{ "name": "n", "instances": [ {{instance}} ] }""";
                        var answer = await conductor.Put($"/v3/deployables/{id}", body);
                        Assert.Equal(200, answer.Status);
                        acknowledged.Enqueue((sender, id));
                        if (acknowledged.Count >= 100) enough.TrySetResult();
                    }
                }
                catch (HttpRequestException)
                {
                    // The server was killed.
                }
            }).ToList();
            await enough.Task.Within("100 registrations");
            await server.Kill();
            await Task.WhenAll(load).Within("the end of the load");
        }

        await using var restarted = await Start();
        var entries = await Entries(restarted);
        var audited = entries.Select(entry => entry.Deployable!).ToList();
        Assert.Equal(audited.Count, audited.Distinct().Count());
        var registered = await Registered(restarted);
        Assert.Empty(registered.Except(audited));
        Assert.Empty(acknowledged.Select(command => command.Id).Except(audited));

        // An outcome is durable when the next command of the same conductor is carried out.
        var outcomes = entries.ToDictionary(entry => entry.Deployable!, entry => entry.Outcome);
        Assert.All(acknowledged, command => Assert.True(outcomes[command.Id] is null or "done"));
        foreach (var ofSender in acknowledged.GroupBy(command => command.Sender, command => command.Id))
            Assert.All(ofSender.SkipLast(1), id => Assert.Equal("done", outcomes[id]));
        Assert.Contains(entries, entry => entry.Outcome is null);
    }

    private static BasicClient ConductorOf(ServerProcess server) =>
        new(server.Http, ServerProcess.ConductorKey, ServerProcess.ConductorSecret);

    private static async Task<List<AuditListEntry>> Entries(ServerProcess server)
    {
        var (entries, path) = (new List<AuditListEntry>(), "/v3/audit");
        while (true)
        {
            var page = BasicClient.Read(await ConductorOf(server).Get(path), Version3Json.Default.AuditList);
            entries.AddRange(page.Entries);
            if (!page.More) return entries;
            path = $"/v3/audit?after={page.Next}";
        }
    }

    private static async Task<List<string>> Registered(ServerProcess server)
    {
        var (ids, path) = (new List<string>(), "/v3/deployables");
        while (true)
        {
            var page = BasicClient.Read(await ConductorOf(server).Get(path), Version3Json.Default.DeployableList);
            ids.AddRange(page.Deployables);
            if (page.Next is null) return ids;
            path = $"/v3/deployables?after={page.Next}";
        }
    }

    /// <summary>Answers one request. The body is a script.</summary>
    private static async Task Serve(TcpListener web)
    {
        using var connection = await web.AcceptTcpClientAsync().Within("the second request for the file");
        await using var stream = connection.GetStream();
        await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 10\r\nConnection: close\r\n\r\n#!/bin/sh\n"u8.ToArray());
        await stream.FlushAsync();
        connection.Client.Shutdown(SocketShutdown.Send);
        var rest = new byte[1024];
        while (await stream.ReadAsync(rest) > 0)
        {
        }
    }

    private Task<ServerProcess> Start() => ServerProcess.Start(
        $"--Audrey:DataDirectory={_directory.Path}", "--Audrey:Sources:AllowedNetworks:0=127.0.0.0/8");
}
