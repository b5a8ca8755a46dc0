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
    public async Task The_answer_to_hello_lists_the_values_to_provide_the_services_to_run_and_the_tarball()
    {
        var uuid = NewId("hello");
        var content = Provides("port", "host") + Services(Service("db", Value("a", "1")));
        var guest = await server.RegisterVersion3(uuid, content, NewId("deployable"));
        await guest.Give(1, ("port", 3306));

        var hello = await guest.Hello();
        Assert.Equal([("port", true), ("host", false)], hello.Provide.Select(provided => (provided.Name, provided.Given)));
        Assert.Equal([new ServiceState("db", "executable", "waiting", 0)], hello.Services);
        Assert.Equal((1, 1, true, $"assembly-of-{uuid}"), (hello.Generation, hello.ValuesRevision, hello.Complete, hello.Assembly));
        Assert.InRange(hello.NextCallSeconds, 0, 60);

        var tarball = await guest.GetOwn("tarball");
        var digest = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(tarball.Body));
        Assert.Equal(hello.Tarball, new TarballInfo(digest, tarball.Body.Length));
    }

    [Fact]
    public async Task Guests_of_versions_2_and_3_can_give_values_to_each_other()
    {
        var (oldId, newId, deployable) = (NewId("old"), NewId("new"), NewId("deployable"));
        var oldServices = Services(Service("db"), Service("app", Refers("peer", newId, "name")));
        var oldGuest = await server.Register(oldId, Provides("port") + oldServices, deployable);
        var newServices = Services(Service("web", Refers("db", oldId, "port"), RefersToEnd("ready", oldId, "db")));
        var newGuest = await server.RegisterVersion3(newId, Provides("name") + newServices, deployable);
        var incomplete = await newGuest.Configuration();
        Assert.Equal(["db", "ready"], incomplete.Services.Single().Missing!.Select(missing => missing.Name));

        await newGuest.Give(1, ("name", "new.example.com"));
        var answer = await oldGuest.Get($"/configs/2/{oldId}/app");
        Assert.Equal((200, $"|service|app|parameters|peer&{Base64("new.example.com")}|"), Short(answer));
        await oldGuest.Put($"/params/2/{oldId}", $"|port&{Base64("3306")}|");
        await oldGuest.Put($"/params/2/{oldId}", $"||db&{Base64("0")}|");

        var configuration = await newGuest.Configuration();
        Assert.True(configuration.Complete);
        var parameters = configuration.Services.Single().Parameters;
        Assert.Equal([("db", "3306"), ("ready", "0")], parameters.Select(parameter => (parameter.Name, (string)parameter.Value!)));
    }

    [Fact]
    public async Task A_missing_value_is_shown_with_its_provider_the_reason_the_time_and_the_last_contact()
    {
        var (db, web, deployable) = (NewId("db"), NewId("web"), NewId("deployable"));
        var service = Service("http", Refers("port", db, "port"), Refers("typo", db, "prot"), Refers("ghost", "nobody", "port"));
        var guest = await server.RegisterVersion3(web, Services(service), deployable);
        var provider = await server.RegisterVersion3(db, Provides("port") + Services(Service("mysql")), deployable);
        await provider.Hello();

        var missing = (await guest.Configuration()).Services.Single().Missing!.ToDictionary(parameter => parameter.Name);
        var port = missing["port"];
        Assert.Equal(("not-given-yet", "parameter", "port"), (port.Reason, port.Kind, port.Of));
        Assert.Equal((db, $"assembly-of-{db}"), (port.Provider!.Instance, port.Provider!.Assembly));
        Assert.NotNull(port.Provider!.LastContact);
        Assert.InRange(port.Since, port.Provider!.LastContact.Value.AddMinutes(-2), port.Provider!.LastContact.Value);
        Assert.Contains("was last heard from at", port.Detail, StringComparison.Ordinal);
        Assert.Equal(("not-declared", "provider-unknown"), (missing["typo"].Reason, missing["ghost"].Reason));
        Assert.Null(missing["ghost"].Provider!.LastContact);
    }

    [Fact]
    public async Task Values_may_be_sent_in_parts_as_text_numbers_booleans_lists_and_bytes()
    {
        var (db, web, deployable) = (NewId("db"), NewId("web"), NewId("deployable"));
        string[] names = ["text", "number", "boolean", "list", "bytes"];
        var provider = await server.RegisterVersion3(db, Provides(names), deployable);
        var service = Service("s", [.. names.Select(name => Refers(name, db, name))]);
        var guest = await server.RegisterVersion3(web, Services(service), deployable);

        var first = BasicClient.Read(await provider.Give(1, ("text", "ü\0]]>\r\n"), ("number", -12)), Version3Json.Default.ValuesAnswer);
        Assert.Equal(["boolean", "list", "bytes"], first.Missing);
        var bytes = new JsonObject { ["base64"] = Convert.ToBase64String([0, 255, 254]) };
        var second = await provider.Give(2, ("boolean", true), ("list", new JsonArray("a", "b")), ("bytes", bytes));
        Assert.Empty(BasicClient.Read(second, Version3Json.Default.ValuesAnswer).Missing);

        var parameters = (await guest.Configuration()).Services.Single().Parameters.ToDictionary(parameter => parameter.Name);
        Assert.Equal(["ü\0]]>\r\n", "-12", "true", "a\nb"], names[..4].Select(name => (string?)parameters[name].Value));
        Assert.Equal((null, "AP/+"), (parameters["bytes"].Value, parameters["bytes"].Base64));
    }

    [Fact]
    public async Task Values_may_be_sent_again_but_older_values_or_different_values_with_the_same_number_are_refused()
    {
        var uuid = NewId("again");
        var guest = await server.RegisterVersion3(uuid, Provides("a", "b"), NewId("deployable"));
        Assert.True(BasicClient.Read(await guest.Give(5, ("a", "1"), ("b", "2")), Version3Json.Default.ValuesAnswer).Applied);
        Assert.False(BasicClient.Read(await guest.Give(5, ("b", "2"), ("a", "1")), Version3Json.Default.ValuesAnswer).Applied);

        var used = BasicClient.Problem(await guest.Give(5, ("a", "x")), 409);
        Assert.Equal((ProblemTypes.RevisionUsed, 5), (used.Type, used.Revision));
        var late = BasicClient.Problem(await guest.Give(4, ("a", "x")), 409);
        Assert.Equal((ProblemTypes.OldRevision, 5), (late.Type, late.Revision));
    }

    [Fact]
    public async Task Values_for_an_earlier_registration_are_refused()
    {
        var (uuid, deployable) = (NewId("replaced"), NewId("deployable"));
        await server.RegisterVersion3(uuid, Provides("a"), deployable);
        var guest = await server.RegisterVersion3(uuid, Provides("a"), deployable);
        var problem = BasicClient.Problem(await guest.Give(1, ("a", "1")), 409);
        Assert.Equal((ProblemTypes.OtherGeneration, 2), (problem.Type, problem.Generation));
        Assert.False((await guest.Hello()).Provide.Single().Given);
    }
}
