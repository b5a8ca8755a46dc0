using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Replay;
using CsCheck;

namespace Audrey.Core.Tests.Replay;

public sealed class GuestMemoryTests
{
    [Fact]
    public void The_GETs_of_four_secrets_displace_neither_the_PUTs_of_a_fifth_one_nor_those_of_the_secret_that_was_used_last()
    {
        var time = TimeSpan.FromDays(1);
        var windows = new ReplayWindows();
        var memory = GuestMemory.Empty;
        foreach (var secret in new uint[] { 1, 2, 3, 4 })
        {
            memory = memory.With(memory.Of(secret).WithPut(new(1_000, secret, 1)));
            windows.Of(secret, memory, time).Add(new(1_001, secret, 1), time);
            memory = windows.WithGets(memory);
        }

        windows.Of(1, memory, time).Add(new(1_002, 9, 1), time);
        memory = windows.InOrderOfUse(memory);
        memory = windows.WithGets(memory.With(memory.Of(5).WithPut(new(1_003, 5, 1))));

        Assert.Equal(Freshness.Repeated, memory.Of(5).Puts.Judge(new(1_003, 5, 1)));
        Assert.Equal(Freshness.Repeated, memory.Of(1).Puts.Judge(new(1_000, 1, 1)));
        Assert.Equal(Freshness.Fresh, memory.Of(2).Puts.Judge(new(1_000, 2, 1)));
    }

    private const long Noon = 1_350_000_000;
    private static readonly ConductorKey Conductor = ConductorKey.Parse("c");
    private static readonly Gen<(int Kind, int Number)[]> Steps = Gen.Select(Gen.Int[0, 10], Gen.Int[0, 1_000]).Array[1, 80];

    /// <summary>
    /// The guest's PUTs are carried out, whatever its clock and the server did before, until 1,024 PUTs are remembered under its secret.
    /// After that, a PUT that is not newer than a forgotten one is unclear. A captured PUT changes nothing. A fresh GET counts, unless it
    /// is more than a day behind. A repeated GET is answered for a minute. A captured GET does not replace a known address.
    /// </summary>
    [Theory, InlineData(0), InlineData(PutMemory.Capacity - 4)]
    public void In_every_order_the_guest_is_served_and_captured_requests_change_nothing(int puts) => Steps.Sample(
        steps =>
        {
            var world = new GuestWorld();
            world.Take(0, 0);
            for (var i = 0; i < puts; i++) world.Take(6, 0);
            foreach (var (kind, number) in steps) world.Take(kind, number);
        },
        iter: puts == 0 ? 1_500 : 60);

    [Fact]
    public void The_compact_memory_judges_as_a_list_of_marks_does() =>
        Gen.Select(Gen.Long[-3, 3], Gen.UInt[0, 3], Gen.UInt[0, 1], (timestamp, nonce, signature) =>
                new RequestMark(timestamp == 3 ? long.MaxValue : timestamp == -3 ? long.MinValue + 1 : timestamp, nonce, signature))
            .Array[0, 60].Sample(marks =>
            {
                var memory = PutMemory.Empty;
                List<RequestMark> carriedOut = [];
                foreach (var mark in marks)
                {
                    var same = carriedOut.FindIndex(other => (other.Timestamp, other.Nonce) == (mark.Timestamp, mark.Nonce));
                    var expected = same < 0 ? Freshness.Fresh : carriedOut[same] == mark ? Freshness.Repeated : Freshness.Refused;
                    Assert.Equal(expected, memory.Judge(mark));
                    if (expected != Freshness.Fresh) continue;
                    memory = memory.With(mark);
                    carriedOut.Add(mark);
                }

                Assert.Equal(carriedOut.Count, memory.Count);
            });

    [Fact]
    public void A_remembered_PUT_takes_at_most_half_of_the_20_bytes_of_an_older_version()
    {
        var memory = PutMemory.Empty;
        for (var i = 0; i < PutMemory.Capacity; i++) memory = memory.With(new(Noon + (i * 3_600L), (ulong)i, 1));
        Assert.InRange(memory.Marks.Length, 1, 10 * PutMemory.Capacity + 5);
        Assert.Equal(PutMemory.Capacity, memory.Count);
    }

    [Fact]
    public void A_new_secret_begins_with_an_empty_memory_and_an_earlier_one_keeps_its_own()
    {
        var memory = GuestMemory.Empty;
        for (uint secret = 1; secret <= GuestMemory.MaxSecrets; secret++)
        {
            Assert.Equal(Freshness.Fresh, memory.Of(secret).Puts.Judge(new(Noon, 1, 1)));
            memory = memory.With(memory.Of(secret).WithPut(new(Noon, 1, 1)));
        }

        for (uint secret = 1; secret <= GuestMemory.MaxSecrets; secret++)
            Assert.Equal(Freshness.Repeated, memory.Of(secret).Puts.Judge(new(Noon, 1, 1)));
        memory = memory.With(memory.Of(1).WithPut(new(Noon, 2, 1))).With(memory.Of(99));
        Assert.Equal([3U, 4U, 1U, 99U], memory.Secrets.Select(secret => secret.SecretDigest));
    }

    [Fact]
    public void The_text_of_the_requests_does_not_show_the_digest_of_the_secret()
    {
        Assert.DoesNotContain("987654321", new GuestRequests { SecretDigest = 987654321 }.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_requests_in_an_older_row_belong_to_the_secrets_that_are_registered()
    {
        var older = ReplayMemory.Empty;
        for (var i = 0; i < 40; i++) older = older.With(new(Noon + i, (ulong)i << 40 | (uint)i, 7));
        var definition = new InstanceDefinition().Register(Config("old"), Conductor, 1, 0, 0, null, default)
            .Rotate("new", TimeSpan.FromHours(1), default, default);
        var row = new InstanceReported { Generation = 1, NewestTimestamp = Noon + 39, Requests = older };

        var adopted = row.WithMemoryFor(definition);

        foreach (var requests in new[] { "old", "new" }.Select(secret => adopted.Memory.Of(GuestMemory.DigestOf(secret))))
        {
            for (var i = 8; i < 40; i++)
            {
                Assert.Equal(Freshness.Repeated, requests.Puts.Judge(new(Noon + i, (ulong)i << 40 | (uint)i, 7)));
                Assert.Equal(Freshness.Refused, requests.Puts.Judge(new(Noon + i, (ulong)i << 40 | (uint)i, 8)));
            }

            Assert.Equal(Freshness.Unclear, requests.Puts.Judge(new(Noon + 7, 7UL << 40 | 7, 7)));
            Assert.Equal(Noon + 39, requests.Newest);
        }

        Assert.Same(adopted, adopted.WithMemoryFor(definition));
        Assert.Equal(Freshness.Fresh, adopted.Memory.Of(GuestMemory.DigestOf("other")).Puts.Judge(new(Noon, 1, 1)));
    }

    [Fact]
    public void The_newest_timestamp_in_an_older_row_does_not_outlive_its_generation()
    {
        var deleted = new InstanceDefinition().Register(Config("s"), Conductor, 1, 0, 0, null, default)
            .Delete(1, new(DeployableId.Parse("d"), 1));
        var older = ReplayMemory.Empty.With(new(9, 9, 9));
        var tombstone = new InstanceReported { Generation = 2, NewestTimestamp = long.MaxValue, Requests = older };
        Assert.Same(tombstone, tombstone.WithMemoryFor(deleted));

        var requests = tombstone.Under(deleted).WithMemoryFor(deleted.Register(Config("s"), Conductor, 1, 0, 2, null, default))
            .Memory.Of(GuestMemory.DigestOf("s"));

        Assert.Equal((long.MinValue, Freshness.Repeated), (requests.Newest, requests.Puts.Judge(new(9, 9, 9))));
    }

    private static InstanceConfig Config(string secret) => new()
    {
        Id = InstanceId.Parse("me"),
        Name = "me",
        Secret = secret,
        Deployable = DeployableId.Parse("d"),
        DeployableName = "d",
    };
}
