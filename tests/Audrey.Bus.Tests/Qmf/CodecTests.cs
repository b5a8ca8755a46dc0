using System.Text;
using Amqp;
using Amqp.Framing;
using Amqp.Types;
using Audrey.Bus.Qmf;
using Audrey.Bus.Tests.Support;

namespace Audrey.Bus.Tests.Qmf;

public sealed class CodecTests
{
    private static readonly AgentName Name = new("audrey", "guest", "1f3a");
    private static readonly BusAddress Console = new(BusAddress.Topic, "direct-console.7");

    public static TheoryData<string, QmfMessage, string> Written => new()
    {
        {
            "locate request",
            new QmfMessage(
                QmfOpcodes.LocateRequest, new BusAddress(BusAddress.Topic, "console.request.agent_locate"),
                QmfPredicate.All(QmfPredicate.Equal("_vendor", "audrey")).Expression) { CorrelationId = "agent-locate", ReplyTo = Console },
            """
            subject: console.request.agent_locate
            reply-to: qmf.default.topic/direct-console.7
            correlation-id: 'agent-locate'
            content-type: amqp/list
            method: 'request'
            qmf.opcode: '_agent_locate_request'
            x-amqp-0-10.app-id: 'qmf2'
            ['and', ['eq', '_vendor', ['quote', 'audrey']]]
            """
        },
        {
            "heartbeat",
            new QmfMessage(
                QmfOpcodes.Heartbeat, new BusAddress(BusAddress.Topic, "agent.ind.heartbeat.audrey.guest.1f3a"),
                new AgentDescription(Name)
                {
                    Attributes = new Dictionary<string, object?> { ["hostname"] = "h" }, HeartbeatInterval = TimeSpan.FromSeconds(10),
                    Epoch = 2, Timestamp = 5, DirectSubject = "direct-agent.route.9",
                }.Write()) { Agent = Name.ToString() },
            """
            subject: agent.ind.heartbeat.audrey.guest.1f3a
            content-type: amqp/map
            method: 'indication'
            qmf.agent: 'audrey:guest:1f3a'
            qmf.opcode: '_agent_heartbeat_indication'
            x-amqp-0-10.app-id: 'qmf2'
            {_values: {hostname: 'h', _vendor: 'audrey', _product: 'guest', _instance: '1f3a', _name: 'audrey:guest:1f3a',
              _direct_subject: 'direct-agent.route.9', qmf.agent_capability: UInt32 1, _timestamp: UInt64 5,
              _heartbeat_interval: UInt32 10, _epoch: UInt32 2, _schema_updated: UInt64 0}}
            """
        },
        {
            "query request",
            new QmfMessage(
                QmfOpcodes.QueryRequest, new BusAddress(BusAddress.Direct, Name.ToString()),
                new QmfQuery(QmfTarget.Object)
                {
                    Schema = new QmfSchemaId("audrey", "Host"), Where = QmfPredicate.Equal("cpus", 2L),
                }.Write())
            { CorrelationId = "1", ReplyTo = Console },
            """
            subject: audrey:guest:1f3a
            reply-to: qmf.default.topic/direct-console.7
            correlation-id: '1'
            content-type: amqp/map
            method: 'request'
            qmf.opcode: '_query_request'
            x-amqp-0-10.app-id: 'qmf2'
            {_what: 'OBJECT', _schema_id: {_package_name: 'audrey', _class_name: 'Host', _type: '_data'}, _where: ['eq', 'cpus', Int64 2]}
            """
        },
        {
            "partial query response",
            new QmfMessage(
                QmfOpcodes.QueryResponse, Console,
                new List<object?>
                {
                    new QmfObject(new Dictionary<string, object?> { ["cpus"] = 2L })
                    {
                        Id = new QmfObjectId(Name.ToString(), "Host", 2),
                        Schema = new QmfSchemaId("audrey", "Host", false, new Guid(7, 0, 0, new byte[8])),
                        UpdatedAt = 9,
                    }.Write(),
                }) { Agent = Name.ToString(), Content = "_data", IsPartial = true, CorrelationId = "1" },
            """
            subject: direct-console.7
            correlation-id: '1'
            content-type: amqp/list
            method: 'response'
            partial: null
            qmf.agent: 'audrey:guest:1f3a'
            qmf.content: '_data'
            qmf.opcode: '_query_response'
            x-amqp-0-10.app-id: 'qmf2'
            [{_values: {cpus: Int64 2}, _object_id: {_agent_name: 'audrey:guest:1f3a', _object_name: 'Host', _agent_epoch: UInt32 2},
              _schema_id: {_package_name: 'audrey', _class_name: 'Host', _type: '_data',
              _hash: Guid 00000007-0000-0000-0000-000000000000}, _update_ts: UInt64 9}]
            """
        },
        {
            "schema",
            new QmfMessage(
                QmfOpcodes.QueryResponse, Console,
                new List<object?>
                {
                    new QmfSchema(
                        new QmfSchemaId("audrey", "Host"),
                        [new QmfProperty("memory", QmfType.Int) { Unit = "B", Description = "Installed.", IsIndex = true }],
                        [new QmfMethod("query", [new QmfProperty("text", QmfType.String) { Direction = "I" }])]).Write(),
                }) { Content = "_schema" },
            """
            subject: direct-console.7
            content-type: amqp/list
            method: 'response'
            qmf.content: '_schema'
            qmf.opcode: '_query_response'
            x-amqp-0-10.app-id: 'qmf2'
            [{_schema_id: {_package_name: 'audrey', _class_name: 'Host', _type: '_data'}, _properties: [{_name: 'memory',
              _type: 'TYPE_INT', _access: 'RO', _unit: 'B', _desc: 'Installed.', _index: true}], _methods: [{_name: 'query',
              _arguments: [{_name: 'text', _type: 'TYPE_STRING', _access: 'RO', _dir: 'I'}]}]}]
            """
        },
        {
            "method request",
            new QmfMessage(
                QmfOpcodes.MethodRequest, new BusAddress(BusAddress.Topic, "direct-agent.route.9"),
                new QmfCall(new QmfObjectId("", "Host"), "query", new Dictionary<string, object?> { ["text"] = "cpus" }).Write()),
            """
            subject: direct-agent.route.9
            content-type: amqp/map
            method: 'request'
            qmf.opcode: '_method_request'
            x-amqp-0-10.app-id: 'qmf2'
            {_method_name: 'query', _arguments: {text: 'cpus'}, _object_id: {_agent_name: '', _object_name: 'Host'}}
            """
        },
        {
            "exception",
            new QmfMessage(QmfOpcodes.Exception, Console, QmfCall.WriteError("No.")) { UserId = "u" },
            """
            user-id: binary 'u'
            subject: direct-console.7
            content-type: amqp/map
            method: 'response'
            qmf.opcode: '_exception'
            x-amqp-0-10.app-id: 'qmf2'
            {_values: {error_text: 'No.'}}
            """
        },
        {
            "event",
            new QmfMessage(
                QmfOpcodes.DataIndication, new BusAddress(BusAddress.Topic, "agent.ind.event.audrey.changed.audrey.guest.1f3a"),
                new List<object?>
                {
                    new QmfObject(new Dictionary<string, object?> { ["name"] = "port" })
                    {
                        Schema = new QmfSchemaId("audrey", "changed", true), Severity = 6, UpdatedAt = 8,
                    }.Write(),
                }) { Agent = Name.ToString(), Content = "_event" },
            """
            subject: agent.ind.event.audrey.changed.audrey.guest.1f3a
            content-type: amqp/list
            method: 'indication'
            qmf.agent: 'audrey:guest:1f3a'
            qmf.content: '_event'
            qmf.opcode: '_data_indication'
            x-amqp-0-10.app-id: 'qmf2'
            [{_values: {name: 'port'}, _schema_id: {_package_name: 'audrey', _class_name: 'changed', _type: '_event'},
              _severity: Int32 6, _timestamp: UInt64 8}]
            """
        },
    };

    [Theory]
    [MemberData(nameof(Written))]
    public void A_message_has_the_form_of_QMF_on_the_wire(string name, QmfMessage message, string expected)
    {
        var decoded = Message.Decode(QmfCodec.Write(message).Encode());
        Assert.Equal(expected.ReplaceLineEndings("\n").Replace("\n  ", " ", StringComparison.Ordinal), Wire.Show(decoded));
        var read = QmfCodec.Read(decoded, message.Address.Exchange);
        Assert.True((message with { Body = null }) == (read with { Body = null }), name);
        Assert.Equal(Wire.Show(decoded), Wire.Show(QmfCodec.Write(read)).Replace("Int64 6", "Int32 6", StringComparison.Ordinal)
            .Replace("_agent_epoch: UInt64", "_agent_epoch: UInt32", StringComparison.Ordinal)
            .Replace("qmf.agent_capability: UInt64", "qmf.agent_capability: UInt32", StringComparison.Ordinal)
            .Replace("_heartbeat_interval: UInt64", "_heartbeat_interval: UInt32", StringComparison.Ordinal)
            .Replace("_epoch: UInt64 2,", "_epoch: UInt32 2,", StringComparison.Ordinal));
    }

    [Fact]
    public void Binary_strings_and_symbols_of_other_peers_become_text_and_a_missing_app_id_is_no_error()
    {
        var message = new Message
        {
            Properties = new Properties { Subject = "agent.ind.heartbeat.matahariproject.org.host" },
            ApplicationProperties = new ApplicationProperties
            {
                ["qmf.opcode"] = Bytes("_agent_heartbeat_indication"),
                ["qmf.agent"] = Bytes("v:p:i"),
            },
            BodySection = new AmqpValue
            {
                Value = new Map
                {
                    [Bytes("_values")] = new Map
                    {
                        [Bytes("_vendor")] = Bytes("v"),
                        [new Symbol("_product")] = new Symbol("p"),
                        ["_instance"] = "i",
                        ["uuid"] = Bytes("é"),
                        ["_heartbeat_interval"] = (ushort)30,
                    },
                },
            },
        };
        var read = QmfCodec.Read(Message.Decode(message.Encode()), BusAddress.Topic);
        var description = AgentDescription.Read(read);
        Assert.Equal(new AgentName("v", "p", "i"), description.Name);
        Assert.Equal(("é", TimeSpan.FromSeconds(30), "v:p:i"), (description.Attributes["uuid"], description.HeartbeatInterval, read.Agent));
    }

    [Theory]
    [InlineData("agent.#", "agent.ind.heartbeat.matahariproject.org.host")]
    [InlineData("agent.ind.#", "agent.ind.heartbeat.matahariproject_org.host.3c0f")]
    [InlineData("agent.ind.event.org_matahariproject.*.#", "agent.ind.event.org_matahariproject.job_done.6.v.p.i")]
    [InlineData("#", "")]
    [InlineData("#.b", "a.b")]
    [InlineData("a.*.c", "a..c")]
    [InlineData("a.#", "a")]
    public void Keys_with_dots_and_with_underscores_match_the_same_patterns(string pattern, string key) =>
        Assert.True(BusAddress.Matches(pattern, key));

    [Theory]
    [InlineData("agent.*", "agent.ind.data")]
    [InlineData("agent.#", "agents")]
    [InlineData("#.b", "a.c")]
    [InlineData("a.*", "a")]
    [InlineData("a.#.b.#.c", "a.b.b")]
    public void Other_keys_do_not_match(string pattern, string key) => Assert.False(BusAddress.Matches(pattern, key));

    [Theory]
    [InlineData("qmf.default.topic/direct-console.7", "direct-console.7")]
    [InlineData("/exchange/qmf.default.topic/direct-console.7", "direct-console.7")]
    [InlineData("qmf.default.topic/direct-console.7; {node: {type: topic}}", "direct-console.7")]
    [InlineData("qmf.default.topic", "")]
    public void The_forms_of_a_reply_to_are_understood(string text, string key) =>
        Assert.Equal(new BusAddress("qmf.default.topic", key), BusAddress.TryParse(text));

    [Fact]
    public void An_object_of_libqmf2_is_read()
    {
        var data = new Map
        {
            [Bytes("_values")] = new Map { [Bytes("sshd-port")] = 2200, [Bytes("load")] = 0.5f, [Bytes("tags")] = new[] { "a", "b" } },
            [Bytes("_object_id")] = new Map
            {
                [Bytes("_agent_name")] = Bytes("v:p:i"),
                [Bytes("_object_name")] = Bytes("o"),
                [Bytes("_agent_epoch")] = 1u,
            },
            [Bytes("_schema_id")] = new Map
            {
                [Bytes("_package_name")] = Bytes("org.matahariproject"),
                [Bytes("_class_name")] = Bytes("Sysconfig"),
                [Bytes("_type")] = Bytes("_data"),
            },
            [Bytes("_subtypes")] = new Map(),
            [Bytes("_update_ts")] = 5ul,
        };
        var item = Assert.Single(QmfObject.ReadAll(Read(QmfOpcodes.DataIndication, new List { data })));
        Assert.Equal((2200L, 0.5), (item.Values["sshd-port"], item.Values["load"]));
        Assert.Equal(["a", "b"], (List<object?>)item.Values["tags"]!);
        Assert.Equal((new QmfObjectId("v:p:i", "o", 1), 5UL), (item.Id, item.UpdatedAt));
        Assert.True(item.Schema!.IsSame(new QmfSchemaId("org.matahariproject", "Sysconfig")));
    }

    [Fact]
    public void A_part_that_is_wrong_is_named()
    {
        var item = new List { new Map { ["_values"] = new Map(), ["_object_id"] = new Map() } };
        Assert.Equal(
            "body[0]._object_id._object_name is missing; it must be a string.",
            Error(() => QmfObject.ReadAll(Read(QmfOpcodes.DataIndication, item))));
        var query = new Map { ["_what"] = "OBJECT", ["_where"] = new List { "like", "a", "b" } };
        Assert.Equal(
            "body._where[0] is 'like', which is not an operator.", Error(() => QmfQuery.Read(Read(QmfOpcodes.QueryRequest, query))));
        Assert.Equal("body[0]._properties[0]._type is 'TYPE_BLOB', which is not a type of QMF.", Error(() => QmfSchema.ReadAll(Read(
            QmfOpcodes.QueryResponse,
            new List
            {
                new Map
                {
                    ["_schema_id"] = new Map { ["_class_name"] = "c" },
                    ["_properties"] = new List { new Map { ["_name"] = "p", ["_type"] = "TYPE_BLOB" } },
                },
            }))));
        Assert.Equal("qmf.opcode is missing, so this is not a message of QMF v2.", Error(() => QmfCodec.Read(new Message("hello"), "x")));
    }

    [Fact]
    public void Depth_and_size_are_bounded()
    {
        Assert.Contains("has more than 16 levels of maps and lists", Error(() => Read("x", Nested(17))), StringComparison.Ordinal);
        Assert.Contains("has more than 100000 values", Error(() => Read("x", new int[100_001])), StringComparison.Ordinal);
        Assert.NotNull(Read("x", Nested(16)).Body);
    }

    [Fact]
    public void A_schema_is_read_as_it_was_written()
    {
        var schema = new QmfSchema(
            new QmfSchemaId("audrey", "Host"),
            [.. Enum.GetValues<QmfType>().Select(
                type => new QmfProperty("p" + type, type) { Unit = "B", Access = "RW", Description = "d", IsIndex = true })],
            [new QmfMethod("m", [new QmfProperty("a", QmfType.Map) { Direction = "IO" }]) { Description = "d" }])
        {
            Description = "s",
        }.WithHash();
        var message = new QmfMessage(QmfOpcodes.QueryResponse, Console, new List<object?> { schema.Write() }) { Content = "_schema" };
        var read = Assert.Single(QmfSchema.ReadAll(QmfCodec.Read(Message.Decode(QmfCodec.Write(message).Encode()), "x")));
        Assert.Equal((schema.Id, schema.Description), (read.Id, read.Description));
        Assert.Equal(schema.Properties, read.Properties);
        Assert.Equal(schema.Methods[0].Arguments, read.Methods[0].Arguments);
        Assert.NotEqual(schema.Id.Hash, (schema with { Properties = [] }).WithHash().Id.Hash);
    }

    private static QmfMessage Read(string opcode, object body) => QmfCodec.Read(
        new Message
        {
            ApplicationProperties = new ApplicationProperties { ["qmf.opcode"] = opcode },
            BodySection = new AmqpValue { Value = body },
        },
        "x");

    private static object Nested(int depth) => depth == 1 ? new List() : new List { Nested(depth - 1) };

    private static string Error(Action action) => Assert.Throws<QmfFormatException>(action).Message;

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
