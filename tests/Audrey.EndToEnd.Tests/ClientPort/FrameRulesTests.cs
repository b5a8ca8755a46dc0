using System.Buffers.Binary;
using System.IO.Pipelines;
using Audrey.Abstractions;
using Audrey.Abstractions.Connections;
using Audrey.Abstractions.Operations;
using Audrey.Core.Ids;
using Audrey.EndToEnd.Tests.Crash;
using Audrey.EndToEnd.Tests.Support;
using Audrey.Server.ClientPort;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Serialization;
using static Audrey.EndToEnd.Tests.ClientPort.PortServers;

namespace Audrey.EndToEnd.Tests.ClientPort;

/// <summary>Tests the rules for the messages of a conductor with the bytes that a real client has sent.</summary>
[Collection(ProcessTests.Name)]
public sealed class FrameRulesTests : IAsyncLifetime
{
    private const int Flags = 8, Sender = 20;

    private readonly Captured _captured = new();
    private PortServers _servers = null!;
    private byte[] _call = [];

    public async Task InitializeAsync()
    {
        _servers = await Start(onPostgreSql: false, ownGateway: false);
        var key = RunningServer.ConductorKey;
        await using var client = await RawClient.Connect(_servers.Port, Conductor(key, RunningServer.ConductorSecret), _captured.Take);
        await client.Grains.GetGrain<IConductorOperations>(GrainKeys.Of(ConductorKey.Parse(key))).List(0);
        _call = _captured.Messages[^1];
    }

    public async Task DisposeAsync() => await _servers.DisposeAsync();

    [Fact]
    public async Task The_messages_of_a_conductor_pass_unchanged_in_whatever_pieces_they_arrive()
    {
        byte[] all = [.. _captured.Preamble, .. _captured.Messages.SelectMany(message => message)];
        foreach (var piece in new[] { 1, 2, 3, 5, 7, 11, 64, 129, 4096, all.Length })
        {
            var pipe = new Pipe();
            var reader = new CheckedFrames(pipe.Reader, Rules());
            var reading = ReadAll(reader);
            foreach (var part in all.Chunk(piece)) await pipe.Writer.WriteAsync(part);
            await pipe.Writer.CompleteAsync();
            Assert.Equal(all, await reading);
        }
    }

    [Fact]
    public async Task Nothing_of_a_refused_message_is_passed_on()
    {
        var forged = Captured.Replace(_call, _captured.Client, Guid.NewGuid().ToString("N"));
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync((byte[])[.. _captured.Preamble, .. forged]);
        var reader = new CheckedFrames(pipe.Reader, Rules());

        await Assert.ThrowsAsync<FrameRefusedException>(() => ReadAll(reader));
    }

    public static TheoryData<string> Forgeries => [.. Forge.Keys];

    [Theory]
    [MemberData(nameof(Forgeries))]
    public void A_forged_message_is_refused(string forgery)
    {
        var rules = Rules();
        Assert.Equal(_captured.Preamble.Length, rules.Judge(new(_captured.Preamble)));
        Assert.Equal(_call.Length, rules.Judge(new(_call)));

        Assert.Throws<FrameRefusedException>(() => rules.Judge(new(Forge[forgery](this))));
    }

    [Fact]
    public void A_preamble_that_names_no_client_or_the_client_of_another_caller_is_refused()
    {
        var random = new Random(7);
        Assert.Throws<FrameRefusedException>(() => Rules(bind: _ => false).Judge(new(_captured.Preamble)));
        Assert.Throws<FrameRefusedException>(() => Rules().Judge(new((byte[])[0xff, 0xff, 0xff, 0x7f, 0])));
        var noClient = Captured.ReplaceText(_captured.Preamble, "sys.client", "sys.cl1ent");
        Assert.Throws<FrameRefusedException>(() => Rules().Judge(new(noClient)));

        // Orleans would accept the connection, and would not find its client for any answer.
        var wrongHash = Captured.ReplaceText(_captured.Preamble, _captured.Client, Guid.NewGuid().ToString("N"));
        var refused = Assert.Throws<FrameRefusedException>(() => Rules().Judge(new(wrongHash)));
        Assert.Contains("wrong hash", refused.Message, StringComparison.Ordinal);
        for (var i = 0; i < 2_000; i++)
        {
            // Whichever bit is changed, the preamble is refused, or it names a client and reserves the id of exactly this client.
            var changed = _captured.Preamble.ToArray();
            changed[4 + random.Next(changed.Length - 4)] ^= (byte)(1 << random.Next(8));
            string? bound = null;
            try
            {
                if (Rules(bind: client => (bound = client) is not null).Judge(new(changed)) > 0) Assert.NotNull(bound);
            }
            catch (FrameRefusedException)
            {
                Assert.Null(bound);
            }
        }
    }

    [Fact]
    public void Every_message_that_passes_has_the_sender_the_target_and_the_direction_that_belong_to_the_connection()
    {
        var random = new Random(11);
        var (sender, rules) = (ReachableGrains.Encode(IdOf(_captured.Client)), Rules());
        rules.Judge(new(_captured.Preamble));
        var target = Services.GetRequiredService<ReachableGrains>().OperationsOf(RunningServer.ConductorKey);
        var passed = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var changed = _call.ToArray();
            for (var flips = random.Next(1, 4); flips > 0; flips--)
                changed[8 + random.Next(Math.Min(changed.Length - 8, 400))] ^= (byte)(1 << random.Next(8));
            try
            {
                Assert.Equal(changed.Length, rules.Judge(new(changed)));
            }
            catch (FrameRefusedException)
            {
                continue;
            }

            passed++;
            Assert.True(changed.AsSpan(Sender).StartsWith(sender));
            Assert.True(changed.AsSpan(Sender + sender.Length).StartsWith(target));
            Assert.Equal(0x1_0000u, BinaryPrimitives.ReadUInt32LittleEndian(changed.AsSpan(Flags)) & 0xffff_0000u);
        }

        Assert.InRange(passed, 1, 20_000);
    }

    /// <summary>Forbidden messages. Each is made by a change of a permitted message.</summary>
    private static readonly Dictionary<string, Func<FrameRulesTests, byte[]>> Forge = new()
    {
        ["another client as the sender"] = test => Captured.Replace(test._call, test._captured.Client, Guid.NewGuid().ToString("N")),
        ["an observer of the client as the sender"] = test => Captured.ReplaceText(test._call, test._captured.Client[^4..], "+abc"),
        ["a wrong hash of the sender"] = test => Flip(test._call, Sender + "sys.client".Length + 6),
        ["another conductor's operations"] = test => Captured.ReplaceText(test._call, "k:conductor", "k:conductoR"),
        ["another grain"] = test => Captured.ReplaceText(test._call, "operations", "deployable"),
        ["a system target"] = test => Captured.ReplaceText(test._call, "operations", "sys.svc.ab"),
        ["a client as the target"] = test => Captured.ReplaceText(test._call, "operations", "sys.client"),
        ["a response"] = test => WithFlags(test._call, 2 << 16, 3 << 16),
        ["a one-way message"] = test => WithFlags(test._call, 3 << 16, 3 << 16),
        ["no direction"] = test => WithFlags(test._call, 0, 3 << 16),
        ["a system message"] = test => WithFlags(test._call, 1, 1),
        ["a request context"] = test => WithFlags(test._call, 0x10, 0x10),
        ["an invalidation of the grain directory's cache"] = test => WithFlags(test._call, 0x80, 0x80),
        ["a local message"] = test => WithFlags(test._call, 0x200, 0x200),
        ["a forwarded message"] = test => WithFlags(test._call, 1 << 24, 1 << 24),
        ["a result"] = test => WithFlags(test._call, 1 << 20, 1 << 20),
        ["another interface"] = test => Captured.ReplaceLast(test._call, "audrey.IConductorOperations", "audrey.IGrainManagementExte"),
        ["a known type as the body"] = test => WithSchemaType(test._call, 0b000_01_000),
        ["a body without a type"] = test => WithSchemaType(test._call, 0),
        ["an empty body"] = test => [.. Lengths(HeaderOf(test._call), 0), .. test._call.AsSpan(8, HeaderOf(test._call))],
        ["a header without sender and target"] = test => [.. Lengths(12, 0), .. test._call.AsSpan(8, 12)],
        ["a short header"] = test => [.. Lengths(3, 0), 1, 2, 3],
        ["a long header"] = test => [.. Lengths(4097, 0), .. test._call.AsSpan(8)],
        ["a one-way request for the list of grains"] = test => WithFlags(test._captured.Messages[0], 3 << 16, 3 << 16),
        ["a negative length"] = test => [.. Lengths(-1, 0), .. test._call.AsSpan(8)],
        ["a negative length of the body"] = test => [.. Lengths(HeaderOf(test._call), -1), .. test._call.AsSpan(8)],
        ["the list of grains through another interface"] = test =>
            Captured.ReplaceLast(test._captured.Messages[0], "IClusterManifestSystemTarget", "IGrainManagementExtension___"),
        ["another system target than the list of grains"] = test =>
            Captured.ReplaceText(test._captured.Messages[0], "sys.svc.manifest", "sys.svc.controls"),
    };

    private IServiceProvider Services => _servers.Silo.Services;

    private static Orleans.Runtime.GrainId IdOf(string client) => Orleans.Runtime.GrainId.Create("sys.client", client);

    private static int HeaderOf(byte[] message) => BinaryPrimitives.ReadInt32LittleEndian(message);

    private static byte[] Lengths(int header, int body)
    {
        var lengths = new byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(lengths, header);
        BinaryPrimitives.WriteInt32LittleEndian(lengths.AsSpan(4), body);
        return lengths;
    }

    private static byte[] Flip(byte[] message, int at)
    {
        var copy = message.ToArray();
        copy[at] ^= 1;
        return copy;
    }

    private static byte[] WithFlags(byte[] message, uint value, uint mask)
    {
        var copy = message.ToArray();
        var flags = BinaryPrimitives.ReadUInt32LittleEndian(copy.AsSpan(Flags));
        BinaryPrimitives.WriteUInt32LittleEndian(copy.AsSpan(Flags), (flags & ~mask) | value);
        return copy;
    }

    private static byte[] WithSchemaType(byte[] message, byte schemaType)
    {
        var copy = message.ToArray();
        ref var tag = ref copy[8 + HeaderOf(message)];
        tag = (byte)((tag & 0b111_00_111) | schemaType);
        return copy;
    }

    private static async Task<byte[]> ReadAll(PipeReader reader)
    {
        var all = new MemoryStream();
        await reader.CopyToAsync(all);
        return all.ToArray();
    }

    private FrameRules Rules(Func<string, bool>? bind = null)
    {
        var transcript = new ProofTranscript(CallerKind.Conductor, RunningServer.ConductorKey, [], []);
        var caller = new ProvenCaller(CallerKind.Conductor, RunningServer.ConductorKey, new ConnectionProof(transcript, []));
        return new(
            caller,
            Services.GetRequiredService<ReachableGrains>(),
            Services.GetRequiredService<Serializer<ConnectingClient>>(),
            bind ?? (_ => true));
    }
}
