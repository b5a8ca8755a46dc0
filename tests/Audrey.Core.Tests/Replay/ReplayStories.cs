using System.Globalization;
using Audrey.Core.Instances;
using Audrey.Core.Replay;

namespace Audrey.Core.Tests.Replay;

public sealed class ReplayStories
{
    private ReplayMemory _memory = ReplayMemory.Empty;
    private GuestRequests _written = new();
    private PutMemory _puts = PutMemory.Empty;
    private ReplayWindow _window = new(new(), TimeSpan.Zero);
    private TimeSpan _time;

    [Theory]
    [InlineData("memory.txt"), InlineData("memory-full.txt"), InlineData("memory-at-once.txt")]
    [InlineData("window.txt"), InlineData("window-full.txt"), InlineData("puts.txt"), InlineData("puts-full.txt")]
    public void Replays_behave_as_in_the_story(string story) => Story.Play(Path.Combine("replay", story), Command);

    private string[] Command(string[] words)
    {
        switch (words[0])
        {
            // The command is: take TIMESTAMP NONCE [SIGNATURE].
            case "take":
                var mark = Mark(words);
                var judged = _memory.Judge(mark);
                if (judged == Freshness.Fresh) _memory = _memory.With(mark);
                return [judged.ToString()];
            case "take-many":
                for (var i = 0; i < int.Parse(words[2], CultureInfo.InvariantCulture); i++)
                    _memory = _memory.With(new(long.Parse(words[1], CultureInfo.InvariantCulture) + i, (ulong)(1000 + i), 0));
                return [$"{_memory.Count} remembered, floor {(_memory.Floor == long.MinValue ? "none" : _memory.Floor)}"];
            case "take-same":
                for (var i = 0; i < int.Parse(words[2], CultureInfo.InvariantCulture); i++)
                    _memory = _memory.With(Mark(["", words[1], $"{1000 + _memory.Count}"]));
                return [$"{_memory.Count} remembered, floor {(_memory.Floor == long.MinValue ? "none" : _memory.Floor)}"];
            // The command is: put TIMESTAMP NONCE [SIGNATURE].
            case "put":
                var put = Mark(words);
                var freshness = _puts.Judge(put);
                if (freshness == Freshness.Fresh) _puts = _puts.With(put);
                return [freshness.ToString()];
            case "put-many":
                for (var i = 0; i < int.Parse(words[2], CultureInfo.InvariantCulture); i++)
                    _puts = _puts.With(new(long.Parse(words[1], CultureInfo.InvariantCulture) + i, (ulong)(1000 + i), 0));
                return [State(_puts)];
            case "put-same":
                for (var i = 0; i < int.Parse(words[2], CultureInfo.InvariantCulture); i++)
                    _puts = _puts.With(Mark(["", words[1], $"{1000 + i}"]));
                return [State(_puts)];

            // The command is: get TIMESTAMP NONCE [answered]. With 'answered', outdated GETs are answered.
            case "get":
                var get = Mark(words[..3]);
                var seen = _window.Add(get, _time, words.Length > 3);
                if (seen is GetFreshness.Repeated or GetFreshness.Outdated || !_window.MustWrite(get)) return [seen.ToString()];
                Write();
                return [$"{seen}, written"];
            case "get-many":
                var verdicts = Enumerable.Range(0, int.Parse(words[2], CultureInfo.InvariantCulture)).Select(i =>
                    _window.Add(Mark(["", words[1], $"{i + 1000}"]), _time));
                return [string.Join(", ", verdicts.CountBy(verdict => verdict).Select(count => $"{count.Value} {count.Key}"))];
            case "write":
                Write();
                return [];
            case "wait":
                _time += TimeSpan.FromSeconds(int.Parse(words[1], CultureInfo.InvariantCulture));
                return [];
            case "restart":
                _window = new(_written, _time);
                return [];
            default:
                throw new ArgumentException("unknown command " + words[0]);
        }
    }

    private void Write()
    {
        _written = _window.WithGets(_written);
        _window.OnWritten(_written);
    }

    private static string State(PutMemory puts) =>
        $"{puts.Count} remembered, floor {(puts.Floor == long.MinValue ? "none" : puts.Floor)}";

    private static RequestMark Mark(string[] words) => new(
        words[1] switch { "min" => long.MinValue, "max" => long.MaxValue, var number => long.Parse(number, CultureInfo.InvariantCulture) },
        ulong.Parse(words[2], CultureInfo.InvariantCulture),
        words.Length > 3 ? uint.Parse(words[3], CultureInfo.InvariantCulture) : 0);
}
