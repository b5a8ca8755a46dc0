using System.Text;
using Audrey.Agent.ConfigServer;
using Audrey.Agent.Services;

namespace Audrey.Agent.Stages.Give;

/// <summary>Sends the server the values that it requests, and values that have changed since they were sent.</summary>
internal sealed class GiveStage(RunContext run, IFactSource facts, NamedFacts named, GivenFacts given)
{
    /// <summary>The maximum length of a fact that the server accepts.</summary>
    private const int MaxFactLength = 1024;

    /// <summary>Cancelled when an address of this machine has changed, so that the stage must run again.</summary>
    public CancellationToken AddressChange => given.AddressChange;

    /// <summary>Sends the requested values that are known. Returns whether every requested value was sent and accepted.</summary>
    public async Task<bool> RunAsync(IConfigServer server, InstanceAssignment assignment, CancellationToken cancellationToken)
    {
        var names = assignment.MissingValues;
        named.Names = assignment.NamedFacts;
        if (given.IsDue) await CorrectAsync(server, names, cancellationToken);
        if (names.Count == 0)
        {
            if (run.Status.Current is not { Unknown.Count: 0, Refused.Count: 0 })
                run.Status.Update(current => current with { Unknown = [], Refused = [] });
            return true;
        }

        var values = await facts.FindAsync(names, cancellationToken);
        var refused = values.Count > 0 ? await server.GiveValuesAsync(values, cancellationToken) : [];
        given.Record(values, refused);
        string[] unknown = [.. names.Where(name => !values.ContainsKey(name))];
        run.Status.Update(current => current with { Unknown = unknown, Refused = refused });
        return unknown.Length + refused.Count == 0;
    }

    /// <summary>Sends facts about this machine. These facts are only for human readers, so a failure does not matter.</summary>
    /// <param name="server">The server.</param>
    /// <param name="source">The source of the facts.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    public static async Task GiveFactsAsync(IConfigServer server, IFactSource source, CancellationToken cancellationToken)
    {
        try
        {
            var found = await source.FindAsync([.. BuiltInFacts.Names, .. NetworkFacts.Names], cancellationToken);
            var texts = found.Select(fact => KeyValuePair.Create(fact.Key, Encoding.UTF8.GetString(fact.Value)));
            await server.GiveFactsAsync(texts.Where(fact => fact.Value.Length <= MaxFactLength).ToDictionary(), cancellationToken);
        }
        catch (ServerException failure) when (failure is not ReregisteredException)
        {
            // No service waits for these facts.
        }
    }

    /// <summary>Looks at the facts that the server already has, and sends those that have changed.</summary>
    private async Task CorrectAsync(IConfigServer server, IReadOnlyList<string> missing, CancellationToken cancellationToken)
    {
        given.StartLook();
        string[] names = [.. given.Names.Except(missing)];
        if (names.Length == 0) return;
        var changed = given.FindChanged(await facts.FindAsync(names, cancellationToken));
        if (changed.Count == 0) return;
        try
        {
            var refused = await server.GiveValuesAsync(changed, cancellationToken);
            given.Record(changed, refused);
        }
        catch (ServerException)
        {
            given.RepeatLook();
            throw;
        }

        run.Log.Write($"These values have changed and were given again: {string.Join(", ", changed.Keys)}");
    }
}
