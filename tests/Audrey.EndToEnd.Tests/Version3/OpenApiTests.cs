using System.Text.Json;
using Audrey.EndToEnd.Tests.Protocol;
using Audrey.EndToEnd.Tests.Support;
using Audrey.Protocol.Version3;

namespace Audrey.EndToEnd.Tests.Version3;

[Collection(ServerCollection.Name)]
public sealed class OpenApiTests(ServerFixture server)
{
    private static readonly string Frozen = Path.Combine(AppContext.BaseDirectory, "Version3", "openapi-v3.json");

    /// <summary>
    /// Clients are generated from the document, so it must not change by accident. With AUDREY_OPENAPI=FILE the test writes the served
    /// document to that file.
    /// </summary>
    [Fact]
    public async Task The_served_document_equals_the_stored_document()
    {
        var served = (await Get("/openapi/v3.json")).Text.ReplaceLineEndings("\n");
        if (Environment.GetEnvironmentVariable("AUDREY_OPENAPI") is { Length: > 0 } file) await File.WriteAllTextAsync(file, served);
        Assert.Equal(await File.ReadAllTextAsync(Frozen), served);
    }

    [Fact]
    public async Task The_document_has_every_route_with_its_answers_and_errors()
    {
        using var document = JsonDocument.Parse((await Get("/openapi/v3.json")).Text);
        var paths = document.RootElement.GetProperty("paths");
        var routes = typeof(Version3Routes).GetFields().Select(field => (string)field.GetRawConstantValue()!)
            .Where(route => route.StartsWith("/v3/", StringComparison.Ordinal));
        Assert.Equal(
            routes.Order(StringComparer.Ordinal), paths.EnumerateObject().Select(path => path.Name).Order(StringComparer.Ordinal));
        foreach (var operation in paths.EnumerateObject().SelectMany(path => path.Value.EnumerateObject()))
        {
            var answers = operation.Value.GetProperty("responses");
            Assert.Contains(answers.EnumerateObject(), answer => answer.Name is "200" or "202" or "204");
            Assert.True(operation.Value.TryGetProperty("summary", out _));
            foreach (var status in new[] { "400", "401", "403", "404", "429", "503" })
            {
                var content = answers.GetProperty(status).GetProperty("content");
                Assert.True(content.TryGetProperty("application/problem+json", out _), $"{operation.Name} {status}");
            }
        }
    }

    [Fact]
    public async Task The_HTML_page_loads_nothing_from_other_servers()
    {
        var page = await Get("/openapi/v3/");
        Assert.Equal(200, page.Status);
        Assert.StartsWith("text/html", page.ContentType, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", page.Text, StringComparison.Ordinal);
    }

    private async Task<Answer> Get(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        return await Answer.Receive(server.Http, request);
    }
}
