using System.IO.Pipelines;
using System.Net;
using Audrey.Abstractions.Connections;
using Audrey.Abstractions.Credentials;
using Audrey.Server.ClientPort;
using Microsoft.Extensions.Time.Testing;

namespace Audrey.EndToEnd.Tests.ClientPort;

/// <summary>Tests the proof and the delays after wrong secrets without a server.</summary>
public sealed class HandshakeTests
{
    private static readonly CallerCredential Credential = new(CallerKind.Conductor, "key", "the secret");

    [Fact]
    public void A_proof_is_not_valid_on_another_connection_or_for_another_kind_of_caller_or_for_another_key()
    {
        var transcript = new ProofTranscript(CallerKind.Conductor, "key", new byte[32], new byte[32]);
        var given = transcript.ProofOfCaller("the secret"u8);
        Assert.True(new ConnectionProof(transcript, given).IsMadeWith("the secret"u8));
        foreach (var other in new[]
        {
            transcript with { SiloNonce = Filled(1) },
            transcript with { CallerNonce = Filled(1) },
            transcript with { Kind = CallerKind.Server },
            transcript with { Key = "kex" },
        })
        {
            Assert.False(new ConnectionProof(other, given).IsMadeWith("the secret"u8));
        }

        Assert.False(new ConnectionProof(transcript, given).IsMadeWith("the secrex"u8));
        Assert.False(new ConnectionProof(transcript, transcript.ProofOfSilo("the secret"u8)).IsMadeWith("the secret"u8));
        Assert.False(new ConnectionProof(transcript, transcript.ProofOfCaller([])).IsMadeWith([]));
        Assert.False(new ConnectionProof(transcript, given[..31]).IsMadeWith("the secret"u8));
    }

    [Fact]
    public async Task A_caller_never_sends_its_secret_and_sends_nothing_more_to_a_server_that_cannot_prove_that_it_knows_the_secret()
    {
        var (caller, impostor) = Connected();
        var proving = CallerHandshake.Prove(caller, Credential, CancellationToken.None);
        var hello = await ProofMessages.Read(impostor.Input, ProofMessages.HelloLength + 3, CancellationToken.None);
        await impostor.Output.WriteAsync((byte[])[.. ProofMessages.Magic, .. Filled(2)]);
        var proof = await ProofMessages.Read(impostor.Input, ProofMessages.ProofLength, CancellationToken.None);
        await impostor.Output.WriteAsync((byte[])[0, .. Filled(3)]);

        var refused = await Assert.ThrowsAsync<ProofRefusedException>(() => proving);

        Assert.Equal(ProofRefusal.Malformed, refused.Reason);
        Assert.False(impostor.Input.TryRead(out _));
        Assert.DoesNotContain("the secret", System.Text.Encoding.UTF8.GetString([.. hello, .. proof]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task If_the_other_side_does_not_speak_the_protocol_the_handshake_fails_and_does_not_hang()
    {
        var random = new Random(3);
        for (var i = 0; i < 500; i++)
        {
            var (caller, other) = Connected();
            var bytes = new byte[random.Next(0, 1200)];
            random.NextBytes(bytes);
            if (bytes.Length > 0 && i % 2 == 0) bytes[0] = (byte)random.Next(0, 6);
            var proving = CallerHandshake.Prove(caller, Credential, CancellationToken.None);
            await other.Output.WriteAsync(bytes);
            await other.Output.CompleteAsync();
            await Assert.ThrowsAnyAsync<Exception>(() => proving);
        }
    }

    [Fact]
    public void Wrong_secrets_cause_growing_delays_for_each_source_and_key_until_the_right_secret_arrives()
    {
        var time = new FakeTimeProvider();
        var wrong = new WrongSecrets(time);
        var (source, other) = (IPAddress.Parse("192.0.2.1"), IPAddress.Parse("192.0.2.2"));
        for (var i = 0; i < WrongSecrets.MaxFree; i++)
        {
            Assert.Null(wrong.Begin(source, "key"));
            wrong.Fail(source, "key");
        }

        var delays = new List<TimeSpan>();
        for (var i = 0; i < 10; i++)
        {
            var delay = Assert.NotNull(wrong.Begin(source, "key"));
            Assert.Null(wrong.Begin(other, "key"));
            delays.Add(delay);
            time.Advance(delay);
            Assert.Null(wrong.Begin(source, "key"));

            // A second attempt that is made at the same time must wait, too.
            Assert.NotNull(wrong.Begin(source, "key"));
            wrong.Fail(source, "key");
        }

        Assert.Equal(delays.Order(), delays);
        Assert.Equal((TimeSpan.FromSeconds(1), WrongSecrets.MaxDelay), (delays[0], delays[^1]));
        wrong.End(source, "key");
        Assert.Null(wrong.Begin(source, "key"));
    }

    [Fact]
    public void All_addresses_of_an_IPv6_network_count_as_one_source()
    {
        Assert.Equal(SourceAddress.Of(IPAddress.Parse("2001:db8::1")), SourceAddress.Of(IPAddress.Parse("2001:db8::ffff:1")));
        Assert.NotEqual(SourceAddress.Of(IPAddress.Parse("2001:db8::1")), SourceAddress.Of(IPAddress.Parse("2001:db8:0:1::1")));
        Assert.Equal(IPAddress.Parse("192.0.2.1"), SourceAddress.Of(IPAddress.Parse("::ffff:192.0.2.1")));
    }

    private static byte[] Filled(byte value) => [.. Enumerable.Repeat(value, 32)];

    private static (IDuplexPipe Caller, IDuplexPipe Silo) Connected()
    {
        var (up, down) = (new Pipe(), new Pipe());
        return (new Duplex(down.Reader, up.Writer), new Duplex(up.Reader, down.Writer));
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
