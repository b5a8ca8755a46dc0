using System.Text.Json.Nodes;
using Audrey.EndToEnd.Tests.Protocol;
using Audrey.EndToEnd.Tests.Support;
using Audrey.Protocol.Version3;
using static Audrey.EndToEnd.Tests.Protocol.ServerFixture;

namespace Audrey.EndToEnd.Tests.Version3;

[Collection(ServerCollection.Name)]
public sealed class LifeTests(ServerFixture server)
{
    [Fact]
    public async Task Hello_says_what_to_give_which_services_to_run_and_what_the_tarball_is()
    {
        var uuid = NewId("hello");
        var guest = await server.Register3(uuid, Provides("port", "host") + Services(Service("db", Value("a", "1"))), NewId("deployable"));
        await guest.Give(1, ("port", 3306));

        var hello = await guest.Hello();
        Assert.Equal([("port", true), ("host", false)], hello.Provide.Select(provided => (provided.Name, provided.Given)));
        Assert.Equal([new ServiceState("db", "executable", "waiting", 0)], hello.Services);
        Assert.Equal((1, 1, true, $"assembly-of-{uuid}"), (hello.Generation, hello.ValuesRevision, hello.Complete, hello.Assembly));
        Assert.InRange(hello.NextCallSeconds, 0, 60);

        var tarball = await guest.GetMine("tarball");
        Assert.Equal(hello.Tarball, new TarballInfo(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(tarball.Body)), tarball.Body.Length));
    }

    [Fact]
    public async Task Guests_of_version_2_and_of_version_3_complete_each_other()
    {
        var (old, young, deployable) = (NewId("old"), NewId("young"), NewId("deployable"));
        var two = await server.Register(old, Provides("port") + Services(Service("db"), Service("app", Refers("peer", young, "name"))), deployable);
        var three = await server.Register3(young, Provides("name") + Services(Service("web", Refers("db", old, "port"), RefersToEnd("ready", old, "db"))), deployable);
        var waiting = await three.Configuration();
        Assert.Equal(["db", "ready"], waiting.Services.Single().Missing!.Select(missing => missing.Name));

        await three.Give(1, ("name", "young.example.com"));
        Assert.Equal((200, $"|service|app|parameters|peer&{Base64("young.example.com")}|"), Short(await two.Get($"/configs/2/{old}/app")));
        await two.Put($"/params/2/{old}", $"|port&{Base64("3306")}|");
        await two.Put($"/params/2/{old}", $"||db&{Base64("0")}|");

        var configuration = await three.Configuration();
        Assert.True(configuration.Complete);
        Assert.Equal([("db", "3306"), ("ready", "0")], configuration.Services.Single().Parameters.Select(parameter => (parameter.Name, (string)parameter.Value!)));
    }

    [Fact]
    public async Task A_missing_value_is_named_with_its_provider_why_since_when_and_when_that_one_was_heard_of()
    {
        var (db, web, deployable) = (NewId("db"), NewId("web"), NewId("deployable"));
        var guest = await server.Register3(
            web, Services(Service("http", Refers("port", db, "port"), Refers("typo", db, "prot"), Refers("ghost", "nobody", "port"))), deployable);
        var provider = await server.Register3(db, Provides("port") + Services(Service("mysql")), deployable);
        await provider.Hello();

        var missing = (await guest.Configuration()).Services.Single().Missing!.ToDictionary(one => one.Name);
        var port = missing["port"];
        Assert.Equal(("not-given-yet", "parameter", "port"), (port.Reason, port.Kind, port.Of));
        Assert.Equal((db, $"assembly-of-{db}"), (port.Provider.Instance, port.Provider.Assembly));
        Assert.NotNull(port.Provider.LastContact);
        Assert.InRange(port.Since, port.Provider.LastContact.Value.AddMinutes(-2), port.Provider.LastContact.Value);
        Assert.Contains("was last heard of at", port.Detail, StringComparison.Ordinal);
        Assert.Equal(("not-declared", "provider-unknown"), (missing["typo"].Reason, missing["ghost"].Reason));
        Assert.Null(missing["ghost"].Provider.LastContact);
    }

    [Fact]
    public async Task Values_may_come_in_parts_and_as_text_numbers_truth_lists_and_bytes()
    {
        var (one, other, deployable) = (NewId("given"), NewId("got"), NewId("deployable"));
        string[] names = ["text", "number", "truth", "list", "bytes"];
        var giver = await server.Register3(one, Provides(names), deployable);
        var guest = await server.Register3(other, Services(Service("s", [.. names.Select(name => Refers(name, one, name))])), deployable);

        var first = BasicClient.Read(await giver.Give(1, ("text", "ü\0]]>\r\n"), ("number", -12)), Version3Json.Default.ValuesAnswer);
        Assert.Equal(["truth", "list", "bytes"], first.Missing);
        var second = await giver.Give(
            2, ("truth", true), ("list", new JsonArray("a", "b")), ("bytes", new JsonObject { ["base64"] = Convert.ToBase64String([0, 255, 254]) }));
        Assert.Empty(BasicClient.Read(second, Version3Json.Default.ValuesAnswer).Missing);

        var parameters = (await guest.Configuration()).Services.Single().Parameters.ToDictionary(parameter => parameter.Name);
        Assert.Equal(("ü\0]]>\r\n", "-12", "true", "a\nb"), ((string?)parameters["text"].Value, (string?)parameters["number"].Value, (string?)parameters["truth"].Value, (string?)parameters["list"].Value));
        Assert.Equal((null, "AP/+"), (parameters["bytes"].Value, parameters["bytes"].Base64));
    }

    [Fact]
    public async Task The_same_values_may_be_sent_again_and_older_ones_and_others_under_the_same_revision_are_refused()
    {
        var uuid = NewId("again");
        var guest = await server.Register3(uuid, Provides("a", "b"), NewId("deployable"));
        Assert.True(BasicClient.Read(await guest.Give(5, ("a", "1"), ("b", "2")), Version3Json.Default.ValuesAnswer).Applied);
        Assert.False(BasicClient.Read(await guest.Give(5, ("b", "2"), ("a", "1")), Version3Json.Default.ValuesAnswer).Applied);

        var used = BasicClient.Problem(await guest.Give(5, ("a", "x")), 409);
        Assert.Equal((ProblemTypes.RevisionUsed, 5), (used.Type, used.Revision));
        var late = BasicClient.Problem(await guest.Give(4, ("a", "x")), 409);
        Assert.Equal((ProblemTypes.OldRevision, 5), (late.Type, late.Revision));
    }

    [Fact]
    public async Task What_was_meant_for_an_earlier_registration_is_refused()
    {
        var (uuid, deployable) = (NewId("anew"), NewId("deployable"));
        await server.Register3(uuid, Provides("a"), deployable);
        var guest = await server.Register3(uuid, Provides("a"), deployable);
        var problem = BasicClient.Problem(await guest.Give(1, ("a", "1")), 409);
        Assert.Equal((ProblemTypes.OtherGeneration, 2), (problem.Type, problem.Generation));
        Assert.False((await guest.Hello()).Provide.Single().Given);
    }

    private static (int Status, string Text) Short(Answer answer) => (answer.Status, answer.Text);
}
