using System.Collections.Concurrent;
using Audrey.EndToEnd.Tests.Support;

namespace Audrey.EndToEnd.Tests.Crash;

/// <summary>
/// Checks that no poll returns an older value than an earlier poll. If the acknowledgement of a value arrives fast enough, it also proves
/// that the push of the value has ended. Later polls must then not return an older value. A value can be missing, for example after a
/// registration of its provider. Every value must be a number that a guest has sent.
/// </summary>
internal sealed class MonotonicReadCheck
{
    private readonly ConcurrentDictionary<(Member Dependent, string Parameter), int> _minimums = [];

    /// <summary>Polls as a guest and compares the answer with the minimums that were known before the poll.</summary>
    public async Task Poll(Member dependent, SignedClient guest, Func<Func<Task<Answer>>, Task<Answer>> send)
    {
        var names = Parameters(dependent).Select(parameter => parameter.Name);
        var before = names.ToDictionary(name => name, name => _minimums.GetValueOrDefault((dependent, name)));
        var answer = await send(() => guest.Get($"/configs/2/{dependent.Id}"));
        if (answer.Status == 404) return;
        Assert.True(answer.Status is 200 or 202, $"{dependent.Id} received {answer.Status}: {answer.Text}");
        var numbers = Configuration.Parse(answer.Text);
        Assert.Equal(answer.Status == 200, numbers.Values.All(number => number != 0));
        foreach (var (name, provider) in Parameters(dependent))
        {
            var number = numbers[name];
            Assert.True(number <= provider.Numbers, $"{dependent.Id} received {name}={number}, which was never sent");
            Assert.True(number == 0 || number >= before[name], $"{dependent.Id} received {name}={number} after {before[name]}");
            Raise(dependent, name, number);
        }
    }

    /// <summary>From now on, all dependents of the provider's parameter must receive this number or a higher one.</summary>
    public void Require(IEnumerable<Member> members, Member provider, char parameter, int number)
    {
        foreach (var dependent in members)
            if (dependent.Providers.IndexOf(provider) is >= 0 and var i) Raise(dependent, $"{parameter}{i}", number);
    }

    private static IEnumerable<(string Name, Member Provider)> Parameters(Member dependent)
    {
        foreach (var own in new[] { "a", "b", "e" }) yield return (own, dependent);
        for (var i = 0; i < dependent.Providers.Count; i++)
            foreach (var parameter in "abe") yield return ($"{parameter}{i}", dependent.Providers[i]);
    }

    private void Raise(Member dependent, string parameter, int number) =>
        _minimums.AddOrUpdate((dependent, parameter), number, (_, minimum) => Math.Max(minimum, number));
}
