using System.Buffers.Binary;
using Amqp;
using Amqp.Framing;
using Amqp.Types;
using Audrey.Bus.Broker;
using Audrey.Bus.Qmf;
using Audrey.Bus.Transport;
using Audrey.Testing.Fuzzing;

namespace Audrey.Bus.Tests.Qmf;

public sealed class BusMessageHostileInput
{
    private const int Rounds = 20_000;

    private static readonly string[] Opcodes =
    [
        QmfOpcodes.LocateRequest, QmfOpcodes.Heartbeat, QmfOpcodes.QueryRequest, QmfOpcodes.QueryResponse, QmfOpcodes.MethodRequest,
        QmfOpcodes.MethodResponse, QmfOpcodes.Exception, QmfOpcodes.DataIndication,
    ];

    private static readonly string[] Names =
    [
        "_values", "_what", "_object_id", "_schema_id", "_object_name", "_agent_name", "_class_name", "_package_name", "_type",
        "_properties", "_methods", "_arguments", "_name", "_where", "_vendor", "_product", "_instance", "_severity", "_timestamp",
        "_update_ts", "error_text", "_method_name", "_heartbeat_interval", "and", "or", "not", "eq", "re_match", "exists", "quote",
        "OBJECT", "SCHEMA", "TYPE_INT", "RO",
    ];

    [Fact]
    public void Random_maps_are_messages_or_are_refused_with_the_part_that_is_wrong()
    {
        var valid = 0;
        Fuzz.Run(Rounds, random =>
        {
            var message = new Message
            {
                Properties = new Properties { Subject = "k" },
                ApplicationProperties = new ApplicationProperties
                {
                    ["qmf.opcode"] = Opcodes[random.Next(Opcodes.Length)],
                    ["qmf.content"] = "_data",
                },
                BodySection = new AmqpValue { Value = RandomValue(random, 0) },
            };
            if (IsValid(Message.Decode(message.Encode()))) valid++;
        });
        if (Fuzz.IsLong(Rounds)) Assert.InRange(valid, 1, Rounds * 100);
    }

    [Fact]
    public void Mutated_messages_are_read_or_refused()
    {
        var seeds = CodecTests.Written.Select(row => Encode((QmfMessage)row[1])).ToArray();
        Fuzz.Run(Rounds, random =>
        {
            var bytes = Mutations.Mutate(seeds[random.Next(seeds.Length)], seeds[random.Next(seeds.Length)], random);
            Message message;
            try
            {
                message = Message.Decode(new ByteBuffer(bytes, 0, bytes.Length, bytes.Length));
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                // AMQPNetLite refuses it, and closes the connection.
                return;
            }

            IsValid(message);
        });
    }

    [Fact]
    public Task Mutated_frames_are_passed_on_whole_or_refused()
    {
        byte[][] seeds =
        [
            Frame(0x14, 0x43, 0x43, 0xa0, 1, 1, 0x43, 0x42, 0x41), Frame(0x13, 0x43, 0x52, 9, 0x43, 0x43, 0x43, 0x43, 0x52, 9, 0x43, 0x42),
        ];
        var limits = new TransportLimits(512, 1024, TimeSpan.FromSeconds(1));
        return Fuzz.RunAsync(Rounds, async random =>
        {
            var bytes = Mutations.Mutate([.. seeds[0], .. seeds[1], .. seeds[0]], seeds[random.Next(2)], random);
            var transport = new StreamTransport(new MemoryStream(bytes), limits, TimeProvider.System);
            var received = new MemoryStream();
            var buffer = new byte[64];
            try
            {
                while (await transport.ReceiveAsync(buffer, 0, buffer.Length) is > 0 and var count) received.Write(buffer, 0, count);
            }
            catch (Exception exception) when (exception is AmqpException or EndOfStreamException)
            {
                // The frame is refused, or is not complete.
            }

            Assert.Equal(bytes[..(int)received.Length], received.ToArray());
        });
    }

    private static bool IsValid(Message message)
    {
        try
        {
            var read = QmfCodec.Read(message, BusAddress.Topic);
            CheckRoundTrip(read);
            AgentClaims.Of(read);
            ReadBody(read);
            return true;
        }
        catch (QmfFormatException exception)
        {
            Assert.NotEmpty(exception.Path);
            return false;
        }
    }

    private static void CheckRoundTrip(QmfMessage message)
    {
        // Numbers and strings of other kinds have become those of QMF with the first reading.
        var again = QmfCodec.Read(Message.Decode(QmfCodec.Write(message).Encode()), message.Address.Exchange);
        Assert.Equal(Encode(message), Encode(again));
    }

    private static void ReadBody(QmfMessage message)
    {
        switch (message.Opcode)
        {
            case QmfOpcodes.LocateRequest:
                QmfPredicate.Read(message.Body).Holds(new Dictionary<string, object?> { ["_vendor"] = "audrey", ["_name"] = 5L });
                break;
            case QmfOpcodes.QueryRequest:
                QmfQuery.Read(message).Selects(new QmfObject(new Dictionary<string, object?> { ["_name"] = "audrey" }));
                break;
            case QmfOpcodes.QueryResponse:
                QmfSchema.ReadAll(message);
                break;
            case QmfOpcodes.MethodRequest:
                QmfCall.Read(message);
                break;
            case QmfOpcodes.MethodResponse:
                QmfCall.ReadResponse(message);
                break;
            case QmfOpcodes.Exception:
                Assert.NotEmpty(QmfCall.ReadError(message));
                break;
        }
    }

    private static object? RandomValue(Random random, int depth) => random.Next(depth > 4 ? 8 : 14) switch
    {
        0 => null,
        1 => random.Next(2) == 0,
        2 => random.NextInt64(),
        3 => (ulong)random.NextInt64(),
        4 => random.NextDouble(),
        5 => System.Text.Encoding.UTF8.GetBytes(Names[random.Next(Names.Length)]),
        6 => new Symbol(Names[random.Next(Names.Length)]),
        7 => Names[random.Next(Names.Length)],
        < 11 => RandomList(random, depth),
        _ => RandomMap(random, depth),
    };

    private static List RandomList(Random random, int depth)
    {
        var list = new List();
        for (var index = random.Next(4); index > 0; index--) list.Add(RandomValue(random, depth + 1));
        return list;
    }

    private static Map RandomMap(Random random, int depth)
    {
        var map = new Map();
        for (var index = random.Next(6); index > 0; index--) map[Names[random.Next(Names.Length)]] = RandomValue(random, depth + 1);
        return map;
    }

    private static byte[] Encode(QmfMessage message)
    {
        var buffer = QmfCodec.Write(message).Encode();
        return buffer.Buffer.AsSpan(buffer.Offset, buffer.Length).ToArray();
    }

    private static byte[] Frame(byte code, params byte[] fields)
    {
        var count = (byte)fields.Count(field => field >= 0x40);
        byte[] frame = [0, 0, 0, 0, 2, 0, 0, 1, 0, 0x53, code, 0xc0, (byte)(fields.Length + 1), count, .. fields];
        BinaryPrimitives.WriteInt32BigEndian(frame, frame.Length);
        return frame;
    }
}
