namespace Audrey.EndToEnd.Tests.Crash;

/// <summary>
/// The instances of a load. One deployable is everybody's: each worker has an instance in it that refers to its neighbours', so that values
/// cross between workers. Beside it each worker has a deployable of its own, which it deletes now and then; its instances refer to each
/// other.
/// </summary>
internal sealed class Deployables
{
    private const int OwnMembers = 3;

    public Deployables(int workers, string name = "load")
    {
        Common = [.. Enumerable.Range(0, workers).Select(worker => new Member($"{name}-common-{worker}", $"{name}-common"))];
        for (var worker = 0; worker < workers; worker++)
            Common[worker].Providers.AddRange([Common[(worker + 1) % workers], Common[(worker + workers - 1) % workers]]);
        Own = [.. Enumerable.Range(0, workers).Select(worker => OwnOf(worker, name))];
        All = [.. Common, .. Own.SelectMany(members => members)];
    }

    public IReadOnlyList<Member> Common { get; }

    public IReadOnlyList<IReadOnlyList<Member>> Own { get; }

    public IReadOnlyList<Member> All { get; }

    private static List<Member> OwnOf(int worker, string name)
    {
        var members = Enumerable.Range(0, OwnMembers).Select(i => new Member($"{name}-own-{worker}-{i}", $"{name}-own-{worker}")).ToList();
        foreach (var member in members) member.Providers.AddRange(members.Where(other => other != member));
        return members;
    }
}
