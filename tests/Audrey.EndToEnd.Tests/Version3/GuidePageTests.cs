using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Audrey.EndToEnd.Tests.Protocol;
using Audrey.EndToEnd.Tests.Support;
using Audrey.Protocol.Version3;
using static Audrey.EndToEnd.Tests.Protocol.ServerFixture;

namespace Audrey.EndToEnd.Tests.Version3;

/// <summary>The examples in docs/guest-protocol-3.md work.</summary>
[Collection(ServerCollection.Name)]
public sealed class GuidePageTests(ServerFixture server)
{
    private static readonly string Page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Docs", "guest-protocol-3.md"));

    [Fact]
    public async Task The_guest_on_the_page_runs_from_start_to_end()
    {
        var (own, other, deployable) = (NewId("page"), NewId("page"), NewId("deployable"));
        var script = "#!/bin/sh\necho \"peer is $AUDREY_VAR_peer\"\nexit 3\n";
        var service = $"""
            <service name="s"><executable><contents>{script.Replace("\"", "&quot;", StringComparison.Ordinal)}</contents></executable>
            <parameters>{Refers("peer", other, "name")}</parameters></service>
            """;
        var guest = await server.RegisterVersion3(own, Provides("port") + Services(service), deployable);
        var dependent = Service("t", Refers("port", own, "port"), RefersToEnd("ended", own, "s"));
        var peer = await server.RegisterVersion3(other, Provides("name") + Services(dependent), deployable);

        using var process = Start(own);
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        try
        {
            await peer.Give(1, ("name", "the peer"));
            await process.WaitForExitAsync().Within("the end of the guest", TimeSpan.FromMinutes(1));
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }

        Assert.True(process.ExitCode == 0, await errors);
        Assert.DoesNotContain("the peer", await output, StringComparison.Ordinal);
        var hello = await guest.Hello();
        Assert.Equal([new ServiceState("s", "executable", "failed", 1)], hello.Services);
        Assert.Equal(hello.Revision, hello.AppliedRevision);
        var parameters = (await peer.Configuration()).Services.Single().Parameters;
        Assert.Equal(["8080", "3"], parameters.Select(parameter => (string)parameter.Value!));
    }

    [Fact]
    public void The_bodies_on_the_page_are_valid()
    {
        JsonTypeInfo[] types =
        [
            Version3Json.Default.Hello, Version3Json.Default.ValuesRequest, Version3Json.Default.ValuesAnswer,
            Version3Json.Default.Configuration, Version3Json.Default.ServiceRequest, Version3Json.Default.ServiceRequest,
            Version3Json.Default.ServiceRequest,
            Version3Json.Default.AppliedRequest, Version3Json.Default.FactsRequest, Version3Json.Default.CurrentSecret,
            Version3Json.Default.DeployableRequest, Version3Json.Default.DeployableAnswer, Version3Json.Default.ReplaceRequest,
            Version3Json.Default.SecretRotationRequest, Version3Json.Default.CurrentSecret,
        ];
        var bodies = Blocks("json").ToList();
        Assert.Equal(types.Length, bodies.Count);
        foreach (var (body, type) in bodies.Zip(types))
        {
            // The body must stay the same when it is deserialized and serialized again. This shows that all its members are defined by the
            // protocol.
            var written = JsonSerializer.Serialize(JsonSerializer.Deserialize(body, type), type);
            using var before = JsonDocument.Parse(body);
            using var after = JsonDocument.Parse(written);
            Assert.True(JsonElement.DeepEquals(before.RootElement, after.RootElement), $"{body}\nis written\n{written}");
        }
    }

    [Fact]
    public async Task The_requests_on_the_page_register_a_deployable_and_replace_an_instance()
    {
        var conductor = server.Server.Basic(RunningServer.ConductorKey, RunningServer.ConductorSecret);
        var bodies = Blocks("json").ToList();
        var first = bodies.FindIndex(body => body.Contains("deadlineSeconds", StringComparison.Ordinal));
        var (request, answer, replace) = (bodies[first], bodies[first + 1], bodies[first + 2]);
        var registered = await conductor.Put("/v3/deployables/shop", request);
        Assert.True(registered.Status == 200, registered.Text);
        using (var expected = JsonDocument.Parse(answer))
        using (var actual = JsonDocument.Parse(registered.Text))
            Assert.True(JsonElement.DeepEquals(expected.RootElement, actual.RootElement), registered.Text);

        Assert.Equal(204, (await conductor.Put("/v3/deployables/shop/instances/81d2", replace)).Status);
        Assert.Equal(2, (await server.Server.Basic("81d2", "what the new guest is given").Hello()).Generation);
        await conductor.DeleteToTheEnd("shop");
    }

    [Fact]
    public void The_table_of_errors_names_exactly_the_existing_types()
    {
        var types = typeof(ProblemTypes).GetFields(System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.Static)
            .Select(field => ((string)field.GetRawConstantValue()!).Split(':')[^1]);
        var rows = Page[Page.IndexOf("| Type | Status |", StringComparison.Ordinal)..Page.IndexOf("## A guest", StringComparison.Ordinal)]
            .Split('\n').Skip(2).Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Split('`')[1]);
        Assert.Equal(types.Order(), rows.Order());
    }

    private Process Start(string uuid)
    {
        var start = new ProcessStartInfo("/usr/bin/python3", ["-c", Blocks("python").Single()])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["AUDREY_SERVER"] = server.Server.Endpoint.ToString().TrimEnd('/');
        start.Environment["AUDREY_UUID"] = uuid;
        start.Environment["AUDREY_SECRET"] = SecretOf(uuid);
        start.Environment["AUDREY_VALUE_port"] = "8080";
        return Process.Start(start) ?? throw new InvalidOperationException("The guest did not start.");
    }

    private static IEnumerable<string> Blocks(string language) =>
        Page.Split($"```{language}\n").Skip(1).Select(block => block[..block.IndexOf("```", StringComparison.Ordinal)]);
}
