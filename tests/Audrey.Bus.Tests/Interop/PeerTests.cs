using System.Text.Json;
using Audrey.Bus.Connections;
using Audrey.Bus.Consoles;
using Audrey.Bus.Qmf;
using Audrey.Bus.Tests.Support;

namespace Audrey.Bus.Tests.Interop;

/// <summary>Programs that share no code with Audrey take part in the embedded bus.</summary>
public sealed class PeerTests : IAsyncLifetime
{
    private const string Target = "qmf.default.topic";
    private const string Source = "qmf.default.topic/{key}";
    private static readonly AgentName Matahari = new("matahariproject.org", "Sysconfig", "3c0f");
    private readonly TestBus _bus = new();
    private readonly List<IAsyncDisposable> _open = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var item in Enumerable.Reverse(_open)) await item.DisposeAsync();
        await _bus.DisposeAsync();
    }

    [Fact]
    public async Task A_console_of_proton_reads_an_agent_and_sees_a_value_change()
    {
        var agent = await StartAgentAsync();
        var console = Open(await PeerProgram.PythonAsync("console.py", Url, "admin", "secret of admin", Target, Source));
        var located = await console.AskAsync("locate", new { hostname = "host-one" });
        var values = located.GetProperty("body").GetProperty("_values");
        Assert.Equal(agent.Name.ToString(), values.GetProperty("_name").GetString());
        var subject = values.GetProperty("_direct_subject").GetString()!;

        Assert.Equal(2200, Port(await console.AskAsync("query", subject, "OBJECT", "Sysconfig")));
        agent.Port = 2222;
        Assert.Equal(2222, Port(await console.AskAsync("query", subject, "OBJECT", "Sysconfig")));
        Assert.Equal("_object_id", (await console.AskAsync("query", subject, "OBJECT_ID", "Sysconfig")).GetProperty("content").GetString());
        var schema = (await console.AskAsync("query", subject, "SCHEMA", "Sysconfig")).GetProperty("body")[0];
        Assert.Equal("TYPE_INT", schema.GetProperty("_properties")[0].GetProperty("_type").GetString());

        var news = console.AskAsync("news", "_data_indication");
        await agent.Agent.PublishAsync("Sysconfig", [agent.Sysconfig()]);
        Assert.Equal(2222, Port(await news));
        Assert.Equal("agent-one", (await news).GetProperty("user").GetString());
    }

    [Fact]
    public async Task A_console_of_proton_calls_a_method_and_gets_the_reason_of_a_refusal()
    {
        await StartAgentAsync();
        var console = Open(await PeerProgram.PythonAsync("console.py", Url, "admin", "secret of admin", Target, Source));
        var located = await console.AskAsync("locate", new { });
        var subject = located.GetProperty("body").GetProperty("_values").GetProperty("_direct_subject").GetString()!;
        var results = await console.AskAsync("call", subject, "query", new { text = "sshd-port" });
        Assert.Equal(2200, results.GetProperty("body").GetProperty("_arguments").GetProperty("value").GetInt32());
        var refused = await console.AskAsync("call", subject, "reboot", new { });
        Assert.Equal("_exception", refused.GetProperty("opcode").GetString());
        Assert.Equal("There is no method 'reboot'.", Error(refused));
        var malformed = await console.AskAsync("raw", "_query_request", subject, new { _what = "EVERYTHING" });
        Assert.Equal("body._what is 'EVERYTHING'; it must be OBJECT, OBJECT_ID, SCHEMA or SCHEMA_ID.", Error(malformed));
    }

    [Fact]
    public async Task Our_console_reads_an_agent_of_proton_that_writes_binary_strings_and_partial_responses()
    {
        var connection = Open(_bus.Connection("console"));
        var console = new QmfConsole(connection, TimeProvider.System);
        connection.Start();
        await connection.WaitConnectedAsync(Limit.Token);
        var agent = Open(await PeerProgram.PythonAsync("agent.py", Url, "fedora", "secret of fedora", Target, Source));
        await Limit.UntilAsync(() => console.Find(Matahari) is not null);
        Assert.Equal("fedora", console.Find(Matahari)!.Description.Attributes["hostname"]);

        var query = new QmfQuery(QmfTarget.Object) { Schema = new QmfSchemaId("org.matahariproject", "Sysconfig") };
        var item = Assert.Single(await console.QueryAsync(Matahari, query, Limit.Token));
        Assert.Equal(2200L, item.Values["sshd-port"]);
        Assert.Equal(new QmfObjectId(Matahari.ToString(), "Sysconfig", 1), item.Id);
        agent.Write("2222");
        await foreach (var indication in console.Indications(Limit.Token))
        {
            if (indication.IsHeartbeat) continue;
            Assert.Equal(2222L, indication.Objects[0].Values["sshd-port"]);
            break;
        }

        Assert.Equal(2222L, (await console.QueryAsync(Matahari, query, Limit.Token))[0].Values["sshd-port"]);
        var schema = Assert.Single(await console.SchemaAsync(Matahari, null, Limit.Token));
        Assert.Equal(("query", QmfType.Int), (schema.Methods[0].Name, schema.Properties[0].Type));
        var call = new QmfCall(item.Id, "query", new Dictionary<string, object?> { ["text"] = "/files/etc/ssh" });
        Assert.Equal("port of /files/etc/ssh", (await console.CallAsync(Matahari, call, Limit.Token))["data"]);
        var refused = await Assert.ThrowsAsync<QmfException>(() => console.CallAsync(Matahari, call with { Method = "reboot" }, Limit.Token));
        Assert.Equal("no such method", refused.Message);
    }

    [Fact]
    public async Task A_console_of_the_package_qmf2_of_npm_reads_an_agent()
    {
        var agent = await StartAgentAsync();
        var url = $"amqp://admin:secret%20of%20admin@127.0.0.1:{_bus.Bus.Endpoint.Port}";
        var console = Open(await PeerProgram.StartAsync("node", "console.js", url, agent.Name.ToString()));
        var query = new { _what = "OBJECT", _schema_id = new { _class_name = "Sysconfig" } };
        var answer = (await console.AskAsync("_query_request", query)).GetProperty("answer");
        Assert.Equal(2200, answer.GetProperty("_values").GetProperty("sshd-port").GetInt32());
        agent.Port = 2222;
        answer = (await console.AskAsync("_query_request", query)).GetProperty("answer");
        Assert.Equal(2222, answer.GetProperty("_values").GetProperty("sshd-port").GetInt32());
        answer = (await console.AskAsync("_method_request", new { _method_name = "query", _arguments = new { text = "sshd-port" } }))
            .GetProperty("answer");
        Assert.Equal(2222, answer.GetProperty("value").GetInt32());
        var refused = await console.AskAsync("_method_request", new { _method_name = "reboot", _arguments = new { } });
        Assert.Equal("There is no method 'reboot'.", refused.GetProperty("text").GetString());
    }

    private string Url => $"amqp://127.0.0.1:{_bus.Bus.Endpoint.Port}";

    private static int Port(JsonElement answer) =>
        answer.GetProperty("body")[0].GetProperty("_values").GetProperty("sshd-port").GetInt32();

    private static string? Error(JsonElement answer) =>
        answer.GetProperty("body").GetProperty("_values").GetProperty("error_text").GetString();

    private async Task<SampleAgent> StartAgentAsync()
    {
        var agent = Open(new SampleAgent(_bus.Connection("agent-one"), "one"));
        agent.Connection.Start();
        await agent.Connection.WaitConnectedAsync(Limit.Token);
        return agent;
    }

    private T Open<T>(T item)
        where T : IAsyncDisposable
    {
        _open.Add(item);
        return item;
    }
}
