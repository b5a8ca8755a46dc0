using Audrey.Abstractions;
using Audrey.Abstractions.Deployables;
using Audrey.Abstractions.Instances;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Replay;
using Audrey.Grains.Tests.Cluster;
using static Audrey.Grains.Tests.Cluster.Deployment;

namespace Audrey.Grains.Tests.Events;

/// <summary>
/// Random lives of deployables: launches, values, ends, failures, applied revisions, scalings, replacements, deletions, failed writes and
/// new activations. After each part of a life, the counts equal those that reading every instance gives. Some seeds are always used, and
/// one is chosen at random. The variable <c>AUDREY_PLAYS</c> sets the number of further random seeds.
/// </summary>
[Collection(ClusterCollection.Name)]
public sealed class CountsPropertyTests(ClusterFixture fixture)
{
    private const int Always = 16;

    [Fact]
    public async Task The_counts_that_follow_the_changes_equal_those_of_reading_every_instance()
    {
        var drawn = int.TryParse(Environment.GetEnvironmentVariable("AUDREY_PLAYS"), out var plays) ? plays : 1;
        int[] seeds = [.. Enumerable.Range(1, Always), .. Enumerable.Range(0, drawn).Select(_ => Random.Shared.Next())];

        // The lives run at the same time, because each comparison waits for the next turn of the outbox.
        var wrong = await Task.WhenAll(seeds.Select(async seed =>
            await new Life(fixture, seed).Play() is { } difference ? $"seed {seed}: {difference}" : null));

        Assert.Empty(wrong.OfType<string>());
    }

    private sealed class Life(ClusterFixture fixture, int seed)
    {
        private readonly Random _random = new(seed);
        private readonly Deployment _d = fixture.Deployment();
        private readonly List<string> _steps = [];
        private CountsReader Counts => new(fixture.Grains, _d);

        public async Task<string?> Play()
        {
            for (var part = 0; part < 4; part++)
            {
                for (var i = _random.Next(4, 16); i > 0; i--) await Step();
                if (await Counts.Compare() is { } wrong) return $"{wrong}\nafter {string.Join(", ", _steps)}";
            }

            return null;
        }

        private async Task Step()
        {
            if (await _d.Grain.GetHeader() is null)
            {
                await Launch();
                return;
            }

            var ids = await Ids();
            var id = ids[_random.Next(ids.Count)];
            var kind = _random.Next(20);
            _steps.Add($"{kind} {id}");
            switch (kind)
            {
                case 0:
                    var deadline = _random.Next(2) == 0 ? TimeSpan.FromHours(1) : (TimeSpan?)null;
                    var scale = new ScaleRequest(_d.Command(), "web", _random.Next(0, 6), Deadline: deadline);
                    await TryAgain.Until(() => _d.Grain.Scale(scale));
                    break;
                case 1:
                    TimeSpan? limit = _random.Next(2) == 0 ? TimeSpan.FromHours(2) : null;
                    await Instance(id).Replace(_d.Command(), $"secret {_random.Next()}", limit);
                    break;
                case 2 when _random.Next(3) == 0:
                    await _d.DeleteUntilDone();
                    break;
                case 3:
                    await fixture.Restart(Counts.Grain);
                    break;
                case 4:
                    await fixture.Restart(Instance(id));
                    break;
                case 5:
                    var point = _random.Next(2) == 0 ? FailurePoint.BeforeWrite : FailurePoint.AfterWrite;
                    fixture.Storage.FailNext(_random.Next(2) == 0 ? "eventtallies" : "eventspage", _d.Tag, point);
                    break;
                case 6:
                    await _d.Register(_d.Config($"late{_random.Next(3)}", ["ip"], Service("s", _d.From("a", "db", "ip"))));
                    break;
                case 7:
                    await _d.Register(Balancer(await Group()));
                    break;
                case < 12:
                    await Report(id, Values(("ip", $"10.0.0.{_random.Next(3)}")));
                    break;
                case < 14:
                    await Report(id, Ends(("s", _random.Next(3) == 0 ? "1" : "0")));
                    break;
                case < 17:
                    await Apply(id);
                    break;
                default:
                    await Poll(id);
                    break;
            }
        }

        private async Task Launch()
        {
            _steps.Add("launch");
            string[] members = [.. Enumerable.Range(0, _random.Next(1, 5)).Select(i => $"web{i}")];
            await _d.Register(_d.Config("db", ["ip"], Service("s", _d.Given("a", "b"))));
            await _d.Register(Balancer([.. members.Select(_d.InstanceId)]));
            for (var i = 0; i < members.Length; i++)
            {
                var config = _d.Config(members[i], ["ip"], Service("s", _d.From("db", "db", "ip")));
                await _d.Register(config with { Name = "web", Ordinal = i });
            }
        }

        private InstanceConfig Balancer(IReadOnlyCollection<InstanceId> members)
        {
            var ips = _d.Of("ips", [], "ip", atLeast: _random.Next(3) == 0 ? 2 : null);
            ips = ips with { Group = ips.Group! with { Assembly = "web", Members = [.. members] } };
            return _d.Config("lb", ["ip"], Service("s", ips)) with { Stay = _random.Next(3) == 0 ? false : null };
        }

        private async Task<List<InstanceId>> Group() =>
            [.. (await Reports()).Where(report => report.Name == "web").Select(report => report.Id)];

        private async Task<List<InstanceId>> Ids() => [.. (await Reports()).Select(report => report.Id)];

        private async Task<IEnumerable<InstanceReport>> Reports() => await _d.Grain.GetReports(0);

        private IInstanceGrain Instance(InstanceId id) => fixture.Grains.GetGrain<IInstanceGrain>(GrainKeys.Of(id));

        private IGuestGrain Guest(InstanceId id) => fixture.Grains.GetGrain<IGuestGrain>(GrainKeys.Of(id));

        private async Task<GuestContact> Contact(InstanceId id, int version) =>
            new((await Guest(id).GetCredential())?.Generation ?? 0, version, "192.0.2.1", version == 3 ? default : Mark());

        private async Task Report(InstanceId id, Provision provision) => await Guest(id).Provide(await Contact(id, 2), provision);

        private async Task<ConfigurationAnswer?> Poll(InstanceId id) =>
            (await Guest(id).Poll(await Contact(id, 3), null, isFromGuest: true, null)).Value;

        private async Task Apply(InstanceId id)
        {
            if (await Poll(id) is not { IsComplete: true } answer) return;
            var contact = await Contact(id, 3);
            await Guest(id).ReportApplied(contact, new AppliedRevision(contact.Generation, answer.Revision));
        }
    }
}
