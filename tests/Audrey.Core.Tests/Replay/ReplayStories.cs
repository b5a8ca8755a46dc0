using System.Globalization;
using Audrey.Core.Instances;
using Audrey.Core.Replay;

namespace Audrey.Core.Tests.Replay;

public sealed class ReplayStories
{
    private ReplayMemory _memory = ReplayMemory.Empty;
    private ReplayWindow _window = new(long.MinValue);
    private long _written = long.MinValue;

    [Theory]
    [InlineData("memory.txt"), InlineData("memory-full.txt"), InlineData("memory-at-once.txt")]
    [InlineData("window.txt"), InlineData("window-full.txt")]
    public void Replays_do_what_the_story_says(string story) => Story.Play(Path.Combine("replay", story), Command);

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
            case "get":
                var contact = Mark(words);
                if (!_window.TryAdd(contact)) return ["no trace"];
                if (!_window.MustWrite(contact)) return ["a trace"];
                _written = Math.Max(_written, contact.Timestamp);
                _window.OnWritten(_written);
                return ["a trace, written"];
            case "get-many":
                var marks = Enumerable.Range(0, int.Parse(words[2], CultureInfo.InvariantCulture)).Select(i => Mark(["", words[1], $"{i + 1000}"]));
                return [$"{marks.Count(_window.TryAdd)} left a trace"];
            case "restart":
                _window = new(_written);
                return [];
            default:
                throw new ArgumentException("unknown command " + words[0]);
        }
    }

    private static RequestMark Mark(string[] words) => new(
        words[1] switch { "min" => long.MinValue, "max" => long.MaxValue, var number => long.Parse(number, CultureInfo.InvariantCulture) },
        ulong.Parse(words[2], CultureInfo.InvariantCulture),
        words.Length > 3 ? uint.Parse(words[3], CultureInfo.InvariantCulture) : 0);
}
