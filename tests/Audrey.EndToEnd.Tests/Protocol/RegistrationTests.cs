using System.Text;
using Audrey.EndToEnd.Tests.Support;
using static Audrey.EndToEnd.Tests.Protocol.ServerFixture;

namespace Audrey.EndToEnd.Tests.Protocol;

[Collection(ServerCollection.Name)]
public sealed class RegistrationTests(ServerFixture server)
{
    [Fact]
    public async Task A_document_that_is_not_XML_is_refused_with_the_reason()
    {
        var uuid = NewId("post");
        var answer = await server.Conductor.Post($"/configs/1/{uuid}", "this is not XML");
        Assert.Equal(400, answer.Status);
        var lines = answer.Text.Split('\n');
        Assert.Equal("Could not parse the given XML document.", lines[0]);
        Assert.StartsWith("line 1, column ", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_finding_is_reported_with_its_line_and_column()
    {
        var uuid = NewId("post");
        var content = "<provided-parameters><undeclared/><provided-parameter/></provided-parameters>";
        var answer = await server.Conductor.Post($"/configs/1/{uuid}", Document(uuid, content, "d"));
        Assert.Equal(400, answer.Status);
        var findings = answer.Text.TrimEnd('\n').Split('\n')[1..];
        Assert.True(findings.Length >= 2, answer.Text);
        Assert.All(findings, finding => Assert.Matches("^line 3, column [0-9]+: .", finding));
    }

    [Fact]
    public async Task The_URL_and_the_document_must_name_the_same_instance()
    {
        var (first, other) = (NewId("post"), NewId("post"));
        var answer = await server.Conductor.Post($"/configs/1/{first}", Document(other, "", "d"));
        Assert.Equal(400, answer.Status);
        Assert.Contains(first, answer.Text, StringComparison.Ordinal);
        Assert.Contains(other, answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_instance_cannot_be_moved_to_another_deployable()
    {
        var (uuid, first, other) = (NewId("post"), NewId("deployable"), NewId("deployable"));
        var guest = await server.Register(uuid, "", first);
        var answer = await server.Conductor.Post($"/configs/1/{uuid}", Document(uuid, "", other, "a new secret"));
        Assert.Equal(409, answer.Status);
        Assert.Contains(first, answer.Text, StringComparison.Ordinal);
        Assert.Contains(other, answer.Text, StringComparison.Ordinal);
        Assert.Equal(200, (await guest.Get($"/configs/1/{uuid}")).Status);
    }

    [Fact]
    public async Task A_conductor_cannot_add_instances_to_the_deployable_of_another_conductor()
    {
        var (own, other, deployable) = (NewId("post"), NewId("post"), NewId("deployable"));
        await server.Register(own, "", deployable);
        var answer = await server.OtherConductor.Post($"/configs/1/{other}", Document(other, "", deployable));
        Assert.Equal(403, answer.Status);
    }

    [Fact]
    public async Task Each_further_POST_of_a_document_replaces_the_instance()
    {
        var (uuid, deployable) = (NewId("post"), NewId("deployable"));
        var content = Provides("a") + Services(Service("s", Refers("x", uuid, "a")));
        for (var round = 0; round < 3; round++)
        {
            var guest = await server.Register(uuid, content, deployable);
            Assert.Equal(202, (await guest.Get($"/configs/1/{uuid}")).Status);
            Assert.Equal("||", (await guest.Put($"/params/1/{uuid}", $"|a&{Base64("1")}|")).Text);
            Assert.Equal("", (await guest.Put($"/params/1/{uuid}", $"||s&{Base64("0")}|")).Text[2..]);
            Assert.Equal(200, (await guest.Get($"/configs/1/{uuid}")).Status);
        }
    }

    [Fact]
    public async Task A_too_large_document_is_refused()
    {
        var uuid = NewId("post");
        var tooLarge = await server.Conductor.Post($"/configs/1/{uuid}", Document(uuid, $"<!-- {new string('x', 20_000)} -->", "d"));
        Assert.Equal(413, tooLarge.Status);
        var muchTooLarge = await server.Conductor.Post($"/configs/1/{uuid}", new string('x', 200_000));
        Assert.Equal(413, muchTooLarge.Status);
    }

    [Fact]
    public async Task If_a_body_has_a_wrong_type_or_encoding_or_no_data_the_answer_contains_an_explanation()
    {
        var uuid = NewId("post");
        var path = $"/configs/1/{uuid}";
        using var xml = new StringContent(Document(uuid, "", "d"), Encoding.UTF8, "application/xml");
        using var compressed = new ByteArrayContent([1, 2, 3]);
        compressed.Headers.ContentType = new("application/x-www-form-urlencoded");
        compressed.Headers.ContentEncoding.Add("gzip");

        Assert.Equal(415, StatusWithText(await server.Conductor.PostInQuery(path, xml)));
        Assert.Equal(415, StatusWithText(await server.Conductor.PostInQuery(path, compressed)));
        Assert.Equal(400, StatusWithText(await server.Conductor.PostForm(path, "something=else")));

        static int StatusWithText(Answer answer)
        {
            Assert.NotEmpty(answer.Text);
            return answer.Status;
        }
    }

    [Fact]
    public async Task Names_with_quotes_and_UUIDs_with_unusual_characters_work()
    {
        const string uuid = "odd uuid, 'quoted' & (more) ü";
        var services = Services(Service("it's", Value("o'clock", "12")));
        var document = Document("odd uuid, 'quoted' &amp; (more) ü", services, NewId("deployable"), "secret");
        var path = Uri.EscapeDataString(uuid);
        Assert.Equal(200, (await server.Conductor.Post($"/configs/1/{path}", document)).Status);
        var answer = await server.Server.Client(uuid, "secret").Get($"/configs/1/{path}/{Uri.EscapeDataString("it's")}");
        Assert.Equal((200, $"|service|it's|parameters|o'clock&{Base64("12")}|"), (answer.Status, answer.Text));
    }
}
