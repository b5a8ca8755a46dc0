using Audrey.EndToEnd.Tests.Support;

namespace Audrey.EndToEnd.Tests.Protocol;

[Collection(ServerCollection.Name)]
public sealed class VersionTests(ServerFixture server)
{
    [Theory]
    [InlineData("/version?api_compat=1-2", 2)]
    [InlineData("/version?api_compat=1", 1)]
    [InlineData("/version?api_compat=1-2-3", 3)]
    [InlineData("/version?api_compat=0", 0)]
    [InlineData("/version?api_compat=1-7", 1)]
    [InlineData("/version?api_compat=7-8", 0)]
    [InlineData("/version", 2)]
    public async Task The_highest_common_version_is_chosen_from_a_list(string path, int version)
    {
        var answer = await Get(path, "text/xml");
        Assert.Equal(200, answer.Status);
        Assert.StartsWith("text/xml", answer.ContentType, StringComparison.Ordinal);
        Assert.Equal(
            "<config-server>\n  <application-version>0.2.0</application-version>\n"
            + $"  <api-version>{version}</api-version>\n</config-server>",
            answer.Text);
    }

    [Fact]
    public async Task A_client_that_accepts_only_text_gets_the_XML_as_text()
    {
        var answer = await Get("/version", "text/plain");
        Assert.StartsWith("text/plain", answer.ContentType, StringComparison.Ordinal);
        Assert.EndsWith("</config-server>", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_browser_gets_HTML()
    {
        var answer = await Get("/version", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");
        Assert.Equal(200, answer.Status);
        Assert.StartsWith("text/html", answer.ContentType, StringComparison.Ordinal);
        Assert.Contains("0.2.0", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("*/*")]
    public async Task Clients_without_a_preference_get_the_XML_that_guests_can_read(string? accept)
    {
        var answer = await Get("/version", accept);
        Assert.Equal((200, "text/xml; charset=utf-8"), (answer.Status, answer.ContentType));
        Assert.EndsWith("</config-server>", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_trailing_slash_changes_nothing()
    {
        Assert.Equal(200, (await Get("/version/", "text/xml")).Status);
    }

    [Theory]
    [InlineData("/configs/3/some-uuid")]
    [InlineData("/configs/x/some-uuid")]
    [InlineData("/params/3/some-uuid")]
    [InlineData("/files/3/some-uuid")]
    [InlineData("/ip/3/some-uuid")]
    [InlineData("/reports/3/instance/some-uuid")]
    [InlineData("/reports/3/deployment/some-id")]
    [InlineData("/nothing/here")]
    public async Task A_path_with_an_unsupported_version_is_answered_404_with_an_empty_body(string path)
    {
        var answer = await server.Conductor.Get(path);
        Assert.Equal((404, ""), (answer.Status, answer.Text));
    }

    private async Task<Answer> Get(string path, string? accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        if (accept is not null) request.Headers.TryAddWithoutValidation("Accept", accept);
        return await Answer.Receive(server.Http, request);
    }
}
