using Audrey.EndToEnd.Tests.Protocol;
using Audrey.EndToEnd.Tests.Support;
using Xunit.Abstractions;

namespace Audrey.EndToEnd.Tests.GeneratedClient;

/// <summary>
/// A client in another language can be generated from the OpenAPI document. The test generates a TypeScript client from the served
/// document, compiles a program against the generated types, and runs the program through the whole life of a deployable.
/// </summary>
[Collection(ServerCollection.Name)]
public sealed class GeneratedClientTests(ServerFixture server, ITestOutputHelper output)
{
    [Fact]
    public async Task A_generated_TypeScript_client_compiles_and_runs_a_conductor_and_its_guests()
    {
        using var node = new NodeProject();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/openapi/v3.json", UriKind.Relative));
        node.Write("openapi.json", (await Answer.Receive(server.Http, request)).Text);
        await node.Run("openapi-typescript/bin/cli.js", "openapi.json", "--output", "api.ts");
        await node.Run("typescript/bin/tsc", "--project", ".");
        var printed = await node.RunOwn("out/life.js", new()
        {
            ["AUDREY_SERVER"] = server.Server.Endpoint.ToString().TrimEnd('/'),
            ["AUDREY_CONDUCTOR_KEY"] = RunningServer.ConductorKey,
            ["AUDREY_CONDUCTOR_SECRET"] = RunningServer.ConductorSecret,
            ["AUDREY_DEPLOYABLE"] = ServerFixture.NewId("generated"),
        });
        output.WriteLine(printed);
        Assert.Equal("passed", printed.Trim());
    }
}
