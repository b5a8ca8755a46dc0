using Audrey.EndToEnd.Tests.Protocol;
using Audrey.EndToEnd.Tests.Support;

namespace Audrey.EndToEnd.Tests.Bus;

/// <summary>RabbitMQ asks the server who an instance is and what it may do.</summary>
[Collection(ServerCollection.Name)]
public sealed class BrokerQuestionsTests(ServerFixture server)
{
    private readonly string _id = ServerFixture.NewId("asked");

    [Fact]
    public async Task The_secret_of_a_registered_instance_is_allowed_and_each_other_one_is_denied()
    {
        await server.Register(_id, "", _id);

        Assert.Equal("allow", await Ask("user", ("username", _id), ("password", ServerFixture.SecretOf(_id))));
        Assert.Equal("deny", await Ask("user", ("username", _id), ("password", "wrong")));
        Assert.Equal("deny", await Ask("user", ("username", _id)));
        Assert.Equal("deny", await Ask("user", ("username", ServerFixture.NewId("other")), ("password", "any")));
        Assert.Equal(
            "deny", await Ask("user", ("username", RunningServer.ConductorKey), ("password", RunningServer.ConductorSecret)));
        Assert.Equal("deny", await Ask("user"));
    }

    [Fact]
    public async Task A_question_without_a_password_is_answered_only_if_the_server_uses_a_broker_that_checks_users()
    {
        using var directory = new TempDirectory();
        // Nothing listens there, so the server only tries to connect.
        await using var other = await RunningServer.StartIn(
            directory.Path, "--Audrey:Bus:Listen=", "--Audrey:Bus:Broker=amqp://127.0.0.1:1", "--Audrey:Bus:BrokerChecksUsers=true");
        Assert.Equal(200, (await other.Conductor.Post($"/configs/2/{_id}", ServerFixture.Document(_id, "", _id))).Status);

        Assert.Equal("allow", await Ask(other.Http, "user", ("username", _id)));
        Assert.Equal("deny", await Ask(other.Http, "user", ("username", _id), ("password", "")));
        Assert.Equal("deny", await Ask(other.Http, "user", ("username", ServerFixture.NewId("other"))));
        Assert.Null((await other.Basic(_id, ServerFixture.SecretOf(_id)).Hello()).Bus);
    }

    [Fact]
    public async Task An_instance_may_act_only_as_an_agent()
    {
        Assert.Equal("allow", await Ask("vhost", ("username", _id), ("vhost", "/")));
        Assert.Equal("deny", await Ask("vhost", ("username", "a/b"), ("vhost", "/")));
        Assert.Equal("allow", await Resource("exchange", "qmf.default.topic", "write"));
        Assert.Equal("deny", await Resource("exchange", "amq.topic", "write"));
        Assert.Equal("allow", await Topic("agent.ind.heartbeat.audrey.guest", "write"));
        Assert.Equal("deny", await Topic("direct-agent.route.1", "write"));
        Assert.Equal("deny", await Topic("agent.ind.#", "read"));
    }

    [Fact]
    public async Task A_question_that_is_no_form_is_refused_with_the_setting_of_RabbitMQ()
    {
        using var answer = await server.Server.Http.PostAsync("/v3/broker/user", new StringContent("{}"));
        var text = await answer.Content.ReadAsStringAsync();

        Assert.Equal(415, (int)answer.StatusCode);
        Assert.Contains("auth_http.http_method = post", text, StringComparison.Ordinal);
    }

    private Task<string> Resource(string resource, string name, string permission) => Ask(
        "resource", ("username", _id), ("vhost", "/"), ("resource", resource), ("name", name), ("permission", permission));

    private Task<string> Topic(string key, string permission) => Ask(
        "topic", ("username", _id), ("vhost", "/"), ("resource", "topic"), ("name", "qmf.default.topic"), ("permission", permission),
        ("routing_key", key));

    private Task<string> Ask(string question, params (string Name, string Value)[] form) => Ask(server.Server.Http, question, form);

    private static async Task<string> Ask(HttpClient http, string question, params (string Name, string Value)[] form)
    {
        using var body = new FormUrlEncodedContent(form.Select(entry => KeyValuePair.Create(entry.Name, entry.Value)));
        using var answer = await http.PostAsync($"/v3/broker/{question}", body);
        Assert.Equal(200, (int)answer.StatusCode);
        return await answer.Content.ReadAsStringAsync();
    }
}
