namespace Audrey.EndToEnd.Tests.Crash;

/// <summary>
/// The instances of a load. All workers share one deployable. In this deployable, each worker has one instance. It refers to the instances
/// of neighbouring workers, so that values pass between workers. Each worker also has a deployable of its own, which it sometimes deletes.
/// The instances of that deployable refer to each other.
/// </summary>
internal sealed class Deployables
{
    private const int MembersPerWorker = 3;

    public Deployables(int workers, string name = "load")
    {
        Common = [.. Enumerable.Range(0, workers).Select(worker => new Member($"{name}-common-{worker}", $"{name}-common"))];
        for (var worker = 0; worker < workers; worker++)
            Common[worker].Providers.AddRange([Common[(worker + 1) % workers], Common[(worker + workers - 1) % workers]]);
        Own = [.. Enumerable.Range(0, workers).Select(worker => CreateOwn(worker, name))];
        All = [.. Common, .. Own.SelectMany(members => members)];
    }

    public IReadOnlyList<Member> Common { get; }

    public IReadOnlyList<IReadOnlyList<Member>> Own { get; }

    public IReadOnlyList<Member> All { get; }

    private static List<Member> CreateOwn(int worker, string name)
    {
        var deployable = $"{name}-own-{worker}";
        var members = Enumerable.Range(0, MembersPerWorker).Select(i => new Member($"{deployable}-{i}", deployable)).ToList();
        foreach (var member in members) member.Providers.AddRange(members.Where(other => other != member));
        return members;
    }
}
