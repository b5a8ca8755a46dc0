using Audrey.Abstractions.Deployables;
using Audrey.Abstractions.Events;
using Audrey.Core.Completion;
using Audrey.Core.Events;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Statuses;
using Audrey.Grains.Events;

namespace Audrey.Grains.Tests.Events;

/// <summary>Tests the tallies of the event log without its grain, with crashes between any two rows of a write.</summary>
public sealed class TallyLogTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void After_any_crash_the_log_counts_what_it_acknowledged_and_what_is_sent_again(int seed)
    {
        var random = new Random(seed);
        var disk = new Disk();
        var log = disk.Open();
        log.Begin(Header());
        disk.Write(log);
        var (sent, acknowledged) = (new Dictionary<string, SourcedTally?>(), new Dictionary<string, SourcedTally?>());
        var checkpoints = 0L;
        for (var step = 0; step < 120; step++)
        {
            var batch = Batch(random, sent);
            log.Append(batch);
            var write = log.NextWrite();
            checkpoints = Math.Max(checkpoints, write.Head.Checkpoint);
            if (random.Next(4) > 0)
            {
                disk.Write(log, write, rows: null);
                acknowledged = new(sent);
                continue;
            }

            if (random.Next(2) == 0)
            {
                // The silo ends between two writes.
                disk.Write(log, write, rows: null);
                log = disk.Open();
                Assert.Equal(Count(sent), CountsReader.TextOf(log.Summarize()));
            }
            else
            {
                // The silo ends during the write. The instances send again what was not acknowledged.
                disk.Write(log, write, random.Next(Disk.RowsOf(write)));
                log = disk.Open();
                log.Append(batch);
                disk.Write(log);
                Assert.Equal(Count(sent), CountsReader.TextOf(log.Summarize()));
            }

            acknowledged = new(sent);
        }

        Assert.Equal(Count(acknowledged), CountsReader.TextOf(disk.Open().Summarize()));
        Assert.True(checkpoints > 2, "the cursors were not written");
    }

    [Fact]
    public void A_late_tally_of_an_older_milestone_or_an_ended_generation_is_ignored()
    {
        var log = new Disk().Open();
        log.Begin(Header());
        log.Append(new(1, [NewNote("web", 5)], [Tally("web", 5, CompletionStatus.Success)]));

        log.Append(new(1, [], [Tally("web", 4, CompletionStatus.Error)]));
        Assert.Equal(1, log.Summarize().Counts.Complete);

        log.Append(new(1, [End("web", 1)], []));
        log.Append(new(1, [], [Tally("web", 6, CompletionStatus.Error)]));
        Assert.Equal(0, log.Summarize().Counts.Instances);

        log.Append(new(1, [], [Tally("web", 6, CompletionStatus.Error, generation: 2)]));
        Assert.Equal(1, log.Summarize().Counts.Failed);
    }

    [Fact]
    public void A_counted_tally_does_not_replace_what_the_instance_sent_meanwhile()
    {
        var log = new Disk().Open();
        log.Begin(Header());
        log.BeginCount();
        log.Append(new(1, [], [Tally("web", 1, CompletionStatus.Success)]));

        log.EndCount([Tally("web", 1, CompletionStatus.Error), Tally("db", 1, CompletionStatus.Error)]);

        Assert.Equal((1, 1), (log.Summarize().Counts.Complete, log.Summarize().Counts.Failed));
    }

    [Fact]
    public void Instances_are_counted_again_only_after_a_loss()
    {
        var disk = new Disk();
        var log = disk.Open();
        log.Begin(Header());
        disk.Write(log);
        var loss = Header().Registered.AddHours(1);
        Assert.False(log.IsCountDue(Header().Registered));
        Assert.True(log.IsCountDue(loss));

        log.Counted(loss.AddSeconds(1));
        Assert.True(log.HasUnwritten);
        disk.Write(log);

        Assert.False(disk.Open().IsCountDue(loss));
    }

    [Fact]
    public void The_next_deadline_is_that_of_an_unfinished_instance()
    {
        var log = new Disk().Open();
        log.Begin(Header());
        var (early, late) = (Header().Registered.AddHours(1), Header().Registered.AddHours(2));
        log.Append(new(1, [], [Due("a", early, true), Due("b", late, true), Due("c", null, true)]));
        Assert.Equal((early, true), (log.Summarize().Deadline, log.Summarize().IsLaunchUnfinished));

        log.Append(new(1, [], [Due("a", early, false), Due("c", null, false)]));

        Assert.Equal((late, false), (log.Summarize().Deadline, log.Summarize().IsLaunchUnfinished));

        static SourcedTally Due(string instance, DateTimeOffset? deadline, bool isUnfinished) =>
            new(instance, 1, Tally(instance, 1, CompletionStatus.Incomplete).Tally with
            {
                Deadline = deadline,
                IsUnfinished = isUnfinished,
            });
    }

    private static EventBatch Batch(Random random, Dictionary<string, SourcedTally?> sent)
    {
        var (notes, tallies) = (new List<SourcedNote>(), new List<SourcedTally>());
        foreach (var number in Enumerable.Range(0, random.Next(1, 250)).Select(_ => random.Next(1500)).Distinct())
        {
            var name = $"i{number}";
            var (generation, sequence) = sent.GetValueOrDefault(name) is { } last ? (last.Tally.Generation, last.Sequence) : (1, 0);
            if (sent.TryGetValue(name, out var ended) && ended is null) continue;
            if (random.Next(30) == 0)
            {
                notes.Add(End(name, generation));
                sent[name] = null;
                continue;
            }

            if (random.Next(2) == 0) notes.Add(NewNote(name, ++sequence));
            var tally = new SourcedTally(name, sequence, new()
            {
                Assembly = $"a{number % 3}",
                Generation = generation + random.Next(2),
                Status = (CompletionStatus)random.Next(3),
                IsHeardFrom = random.Next(2) == 0,
                IsOutOfDate = random.Next(4) == 0,
                WaitingSince = random.Next(3) == 0 ? DateTimeOffset.UnixEpoch.AddSeconds(random.Next(100)) : null,
            });
            tallies.Add(tally);
            sent[name] = tally;
        }

        return new(1, [.. notes], [.. tallies]);
    }

    private static string Count(Dictionary<string, SourcedTally?> sent)
    {
        var all = sent.Values.OfType<SourcedTally>().Select(tally => tally.Tally).ToList();
        return CountsReader.TextOf(new()
        {
            Counts = Sum(all),
            Assemblies =
            [
                .. all.GroupBy(tally => tally.Assembly).OrderBy(group => group.Key, StringComparer.Ordinal)
                    .Select(group => new AssemblyCounts(group.Key, Sum([.. group]))),
            ],
        });

        static InstanceCounts Sum(List<InstanceTally> tallies) => new()
        {
            Instances = tallies.Count,
            Complete = tallies.Count(tally => tally.Status == CompletionStatus.Success),
            Failed = tallies.Count(tally => tally.Status == CompletionStatus.Error),
            Incomplete = tallies.Count(tally => tally is { Status: CompletionStatus.Incomplete, IsHeardFrom: true }),
            NeverHeardFrom = tallies.Count(tally => tally is { Status: CompletionStatus.Incomplete, IsHeardFrom: false }),
            OutOfDate = tallies.Count(tally => tally.IsOutOfDate),
            Waiting = tallies.Count(tally => tally.WaitingSince is not null),
            Important = tallies.Count(tally => tally.Status != CompletionStatus.Success || tally.IsOutOfDate),
        };
    }

    private static SourcedTally Tally(string instance, long sequence, CompletionStatus status, long generation = 1) =>
        new(instance, sequence, new() { Assembly = "web", Generation = generation, Status = status });

    private static SourcedNote NewNote(string instance, long sequence) =>
        new(instance, "web", new() { Kind = EventKind.Applied, At = DateTimeOffset.UnixEpoch, Generation = 1, Sequence = sequence });

    private static SourcedNote End(string instance, long generation) =>
        new(instance, "web", new() { Kind = EventKind.InstanceEnded, At = DateTimeOffset.UnixEpoch, Generation = generation });

    private static DeployableHeader Header() => new()
    {
        Id = DeployableId.Parse("shop"),
        Name = "a shop",
        Conductor = ConductorKey.Parse("conductor"),
        Registered = DateTimeOffset.UnixEpoch,
        Pages = 1,
        Deleting = false,
        Incarnation = 1,
    };

    /// <summary>The rows of a log. They outlive the log, and a write can end after any of them.</summary>
    private sealed class Disk
    {
        private readonly Dictionary<int, EventsPageRow> _pages = [];
        private readonly Dictionary<int, EventTalliesRow> _tallies = [];
        private readonly Dictionary<int, EventCursorsRow> _cursors = [];
        private EventsHead _head = new();

        public static int RowsOf(EventsWrite write) => write.Pages.Count + write.Tallies.Count + write.Cursors.Count + 1;

        /// <summary>Loads the log as its grain does.</summary>
        public EventLog Open()
        {
            var log = new EventLog(_head, maxEvents: 1_000);
            if (_head.Incarnation == 0) return log;
            for (var page = 0; page < _head.CursorPages; page++) log.Load(_cursors.GetValueOrDefault(page, new()));
            for (var page = EventStore.PageOf(_head.CursorsThrough + 1); ; page++)
            {
                var row = _pages.GetValueOrDefault(page, new());
                log.Load(row);
                if (row.Events.Length < EventStore.PageSize) break;
            }

            for (var page = 0; log.Load(_tallies.GetValueOrDefault(page, new())); page++)
            {
            }

            log.Loaded();
            return log;
        }

        public void Write(EventLog log) => Write(log, log.NextWrite(), rows: null);

        /// <summary>Writes the first rows of a write. Null for all rows.</summary>
        public void Write(EventLog log, EventsWrite write, int? rows)
        {
            var left = rows ?? int.MaxValue;
            if (write.BeginsWith is { } begun) _head = begun;
            foreach (var (page, row) in write.Pages)
                if (left-- > 0) _pages[page] = row;
            foreach (var (page, row) in write.Tallies)
                if (left-- > 0) _tallies[page] = row;
            foreach (var (page, row) in write.Cursors)
                if (left-- > 0) _cursors[page] = row;
            if (left > 0) _head = write.Head;
            if (rows is null) log.Written(write);
        }
    }
}
