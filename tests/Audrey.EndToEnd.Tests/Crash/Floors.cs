using System.Collections.Concurrent;
using Audrey.EndToEnd.Tests.Support;

namespace Audrey.EndToEnd.Tests.Crash;

/// <summary>
/// What a poll must not fall behind: what an earlier poll was answered, and what was acknowledged so soon that its push had ended. A value
/// may be missing, as after a registration of its provider, but it never goes back, and it never was nobody's.
/// </summary>
internal sealed class Floors
{
    private readonly ConcurrentDictionary<(Member Dependent, string Parameter), int> _floors = [];

    /// <summary>A guest polls, and what it is answered is held against what is known before.</summary>
    public async Task Poll(Member dependent, SignedClient guest, Func<Func<Task<Answer>>, Task<Answer>> send)
    {
        var names = Parameters(dependent).Select(parameter => parameter.Name);
        var before = names.ToDictionary(name => name, name => _floors.GetValueOrDefault((dependent, name)));
        var answer = await send(() => guest.Get($"/configs/2/{dependent.Id}"));
        if (answer.Status == 404) return;
        Assert.True(answer.Status is 200 or 202, $"{dependent.Id} was answered {answer.Status}: {answer.Text}");
        var numbers = Configuration.Parse(answer.Text);
        Assert.Equal(answer.Status == 200, numbers.Values.All(number => number != 0));
        foreach (var (name, provider) in Parameters(dependent))
        {
            var number = numbers[name];
            Assert.True(number <= provider.Numbers, $"{dependent.Id} was answered {name}={number}, which nobody sent");
            Assert.True(number == 0 || number >= before[name], $"{dependent.Id} was answered {name}={number} after {before[name]}");
            Raise(dependent, name, number);
        }
    }

    /// <summary>Everybody who refers to the provider's parameter must be answered this number or a higher one from now on.</summary>
    public void Reached(IEnumerable<Member> all, Member provider, char parameter, int number)
    {
        foreach (var dependent in all)
            if (dependent.Providers.IndexOf(provider) is >= 0 and var i) Raise(dependent, $"{parameter}{i}", number);
    }

    private static IEnumerable<(string Name, Member Provider)> Parameters(Member dependent)
    {
        foreach (var own in new[] { "a", "b", "e" }) yield return (own, dependent);
        for (var i = 0; i < dependent.Providers.Count; i++)
            foreach (var parameter in "abe") yield return ($"{parameter}{i}", dependent.Providers[i]);
    }

    private void Raise(Member dependent, string parameter, int number) =>
        _floors.AddOrUpdate((dependent, parameter), number, (_, floor) => Math.Max(floor, number));
}
