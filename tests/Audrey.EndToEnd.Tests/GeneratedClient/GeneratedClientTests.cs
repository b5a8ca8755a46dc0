using Audrey.EndToEnd.Tests.Protocol;
using Audrey.EndToEnd.Tests.Support;
using Xunit.Abstractions;

namespace Audrey.EndToEnd.Tests.GeneratedClient;

/// <summary>
/// The OpenAPI document is good for what it is there for: a client in another language is generated from what is served, its use is checked
/// against the generated types, and it lives a deployable's whole life.
/// </summary>
[Collection(ServerCollection.Name)]
public sealed class GeneratedClientTests(ServerFixture server, ITestOutputHelper output)
{
    [Fact]
    public async Task A_client_in_TypeScript_is_generated_checked_and_lives_the_life_of_a_conductor_and_of_its_guests()
    {
        using var node = new NodeProject();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/openapi/v3.json", UriKind.Relative));
        node.Write("openapi.json", (await Answer.Of(server.Http, request)).Text);
        await node.Run("openapi-typescript/bin/cli.js", "openapi.json", "--output", "api.ts");
        await node.Run("typescript/bin/tsc", "--project", ".");
        var said = await node.RunOwn("out/life.js", new()
        {
            ["AUDREY_SERVER"] = server.Server.Endpoint.ToString().TrimEnd('/'),
            ["AUDREY_CONDUCTOR_KEY"] = RunningServer.ConductorKey,
            ["AUDREY_CONDUCTOR_SECRET"] = RunningServer.ConductorSecret,
            ["AUDREY_DEPLOYABLE"] = ServerFixture.NewId("generated"),
        });
        output.WriteLine(said);
        Assert.Equal("lived", said.Trim());
    }
}
