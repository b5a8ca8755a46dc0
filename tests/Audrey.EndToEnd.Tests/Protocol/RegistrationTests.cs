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
        var answer = await server.Conductor.Post($"/configs/1/{uuid}", "this is no XML");
        Assert.Equal(400, answer.Status);
        var lines = answer.Text.Split('\n');
        Assert.Equal("Could not parse the given XML document.", lines[0]);
        Assert.StartsWith("line 1, column ", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_finding_is_told_with_its_place()
    {
        var uuid = NewId("post");
        var answer = await server.Conductor.Post($"/configs/1/{uuid}", Document(uuid, "<provided-parameters><undeclared/><provided-parameter/></provided-parameters>", "d"));
        Assert.Equal(400, answer.Status);
        var findings = answer.Text.TrimEnd('\n').Split('\n')[1..];
        Assert.True(findings.Length >= 2, answer.Text);
        Assert.All(findings, finding => Assert.Matches("^line 3, column [0-9]+: .", finding));
    }

    [Fact]
    public async Task The_URL_and_the_document_must_name_the_same_instance()
    {
        var (one, other) = (NewId("post"), NewId("post"));
        var answer = await server.Conductor.Post($"/configs/1/{one}", Document(other, "", "d"));
        Assert.Equal(400, answer.Status);
        Assert.Contains(one, answer.Text, StringComparison.Ordinal);
        Assert.Contains(other, answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_instance_of_another_deployable_is_not_taken_over()
    {
        var (uuid, one, other) = (NewId("post"), NewId("deployable"), NewId("deployable"));
        var guest = await server.Register(uuid, "", one);
        var answer = await server.Conductor.Post($"/configs/1/{uuid}", Document(uuid, "", other, "a new secret"));
        Assert.Equal(409, answer.Status);
        Assert.Contains(one, answer.Text, StringComparison.Ordinal);
        Assert.Contains(other, answer.Text, StringComparison.Ordinal);
        Assert.Equal(200, (await guest.Get($"/configs/1/{uuid}")).Status);
    }

    [Fact]
    public async Task A_deployable_of_another_conductor_takes_no_instances()
    {
        var (mine, other, deployable) = (NewId("post"), NewId("post"), NewId("deployable"));
        await server.Register(mine, "", deployable);
        var answer = await server.OtherConductor.Post($"/configs/1/{other}", Document(other, "", deployable));
        Assert.Equal(403, answer.Status);
    }

    [Fact]
    public async Task A_second_POST_begins_anew_any_number_of_times()
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
    public async Task A_document_that_is_too_large_is_refused_before_it_is_read()
    {
        var uuid = NewId("post");
        var tooLarge = await server.Conductor.Post($"/configs/1/{uuid}", Document(uuid, $"<!-- {new string('x', 20_000)} -->", "d"));
        Assert.Equal(413, tooLarge.Status);
        var muchTooLarge = await server.Conductor.Post($"/configs/1/{uuid}", new string('x', 200_000));
        Assert.Equal(413, muchTooLarge.Status);
    }

    [Fact]
    public async Task A_body_of_another_type_or_encoding_and_a_form_without_data_are_refused_with_a_text()
    {
        var uuid = NewId("post");
        var path = $"/configs/1/{uuid}";
        using var xml = new StringContent(Document(uuid, "", "d"), Encoding.UTF8, "application/xml");
        using var compressed = new ByteArrayContent([1, 2, 3]);
        compressed.Headers.ContentType = new("application/x-www-form-urlencoded");
        compressed.Headers.ContentEncoding.Add("gzip");

        Assert.Equal(415, Told(await server.Conductor.PostInQuery(path, xml)));
        Assert.Equal(415, Told(await server.Conductor.PostInQuery(path, compressed)));
        Assert.Equal(400, Told(await server.Conductor.PostForm(path, "something=else")));

        static int Told(Answer answer)
        {
            Assert.NotEmpty(answer.Text);
            return answer.Status;
        }
    }

    [Fact]
    public async Task Names_with_quotes_and_UUIDs_with_odd_characters_work()
    {
        const string uuid = "odd uuid, 'quoted' & (more) ü";
        var document = Document("odd uuid, 'quoted' &amp; (more) ü", Services(Service("it's", Value("o'clock", "12"))), NewId("deployable"), "secret");
        var path = Uri.EscapeDataString(uuid);
        Assert.Equal(200, (await server.Conductor.Post($"/configs/1/{path}", document)).Status);
        var answer = await server.Server.Client(uuid, "secret").Get($"/configs/1/{path}/{Uri.EscapeDataString("it's")}");
        Assert.Equal((200, $"|service|it's|parameters|o'clock&{Base64("12")}|"), (answer.Status, answer.Text));
    }
}
