using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Audrey.Agent.Diagnostics;
using Audrey.Agent.Files;

namespace Audrey.Agent.State;

/// <summary>The journal of one instance. Every change is written to disk before any other step depends on it.</summary>
internal sealed class Journal
{
    private readonly StateDirectory _state;
    private JournalDocument _document;

    private Journal(StateDirectory state, JournalDocument document) => (_state, _document) = (state, document);

    private Dictionary<string, string> GivenDigests => _document.Given!;

    private Dictionary<string, string> Reported => _document.Reported!;

    /// <summary>
    /// Opens the journal. If the journal is damaged, or belongs to another instance or another machine, an empty journal replaces it.
    /// </summary>
    /// <param name="state">The state directory.</param>
    /// <param name="identity">Identifies the instance.</param>
    /// <param name="machine">Identifies the machine.</param>
    /// <param name="log">Receives the reason if a journal is replaced.</param>
    public static Journal Open(StateDirectory state, string identity, MachineIdentity machine, IAgentLog log)
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity)));
        var empty = new Journal(state, new JournalDocument { Identity = digest, Machine = machine });
        if (!File.Exists(state.Journal)) return empty;
        var document = Read(state);
        if (document is null) log.Write("The journal is damaged. All services are run again.");
        if (document?.Identity != digest) return empty;
        if (machine.IsOther(document.Machine))
        {
            log.Write("The journal is from another machine, as in a copy of its image. All services are run again.");
            return empty;
        }

        if (document.Format == 1) return new Journal(state, document with { Machine = machine.With(document.Machine) });
        log.Write($"The journal has format {document.Format}, which this version does not support. All services are run again.");
        return empty;
    }

    /// <summary>Returns the document on disk. Null if it is damaged.</summary>
    public static JournalDocument? Read(StateDirectory state)
    {
        try
        {
            var document = JsonSerializer.Deserialize(File.ReadAllBytes(state.Journal), StateJson.Default.JournalDocument);
            return document is { Identity: not null, Services: not null, Provided: not null }
                && document.Services.Values.All(record => record is { Fingerprint: not null })
                && document.Provided.Values.All(value => value is not null && Base64.IsValid(value))
                    // A journal of an earlier version has no digests of facts, no reported values, and no requested names.
                    ? document with
                    {
                        Given = document.Given ?? [],
                        Reported = document.Reported ?? [],
                        Requested = document.Requested ?? [.. document.Provided.Keys],
                    }
                    : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public ServiceRecord? Find(string service) =>
        _document.Services.GetValueOrDefault(service) is not { } record ? null : record.Run > 0 ? record : record with { Run = 1 };

    public void Put(string service, ServiceRecord record)
    {
        _document.Services[service] = record;
        Save();
    }

    /// <summary>Assigns another number to a run that has ended, because the server already has a run with this number.</summary>
    public ServiceRecord Renumber(string service, ServiceRecord record, long lastRun)
    {
        var renumbered = record with { Run = lastRun + 1 };
        Put(service, renumbered);
        return renumbered;
    }

    /// <summary>Returns the value that a service's script provided under this name. Null if no script provided such a value.</summary>
    public byte[]? FindProvided(string name) =>
        _document.Provided.TryGetValue(name, out var value) ? Convert.FromBase64String(value) : null;

    public void PutProvided(IReadOnlyDictionary<string, byte[]> values)
    {
        if (values.Count == 0) return;
        foreach (var (name, value) in values) _document.Provided[name] = Convert.ToBase64String(value);
        Save();
    }

    /// <summary>
    /// Returns the names of the values that the server has accepted from this instance, each with a digest of its value. Values that
    /// scripts provided are not included.
    /// </summary>
    public IReadOnlyDictionary<string, string> Given => GivenDigests;

    /// <summary>Records that the server has accepted values. Called with digests that do not reveal the values.</summary>
    public void PutGiven(IReadOnlyDictionary<string, string> digests)
    {
        if (digests.All(digest => GivenDigests.GetValueOrDefault(digest.Key) == digest.Value)) return;
        foreach (var (name, digest) in digests) GivenDigests[name] = digest;
        Save();
    }

    /// <summary>Forgets values that the server does not accept from this instance any more.</summary>
    public void RemoveGiven(IReadOnlyList<string> names)
    {
        var known = GivenDigests.Count;
        foreach (var name in names) GivenDigests.Remove(name);
        var isReported = names.Any(Reported.ContainsKey);
        foreach (var name in names) Reported.Remove(name);
        if (GivenDigests.Count < known || isReported) Save();
    }

    /// <summary>Records values that the server has accepted. Called only with values that are not secret.</summary>
    public void PutReported(IReadOnlyDictionary<string, string> values)
    {
        if (values.All(value => Reported.GetValueOrDefault(value.Key) == value.Value)) return;
        foreach (var (name, value) in values) Reported[name] = value;
        Save();
    }

    /// <summary>Returns whether the server has requested the value with protocol version 2, in this run or an earlier one.</summary>
    public bool IsRequested(string name) => _document.Requested!.Contains(name);

    /// <summary>Records the names of the values that the server requests.</summary>
    public void PutRequested(IReadOnlyList<string> names)
    {
        if (names.All(IsRequested)) return;
        _document.Requested!.UnionWith(names);
        Save();
    }

    /// <summary>
    /// Returns the number under which the values are sent. Returns the last number again if the same values were sent under it and no
    /// answer arrived. Otherwise returns a new number.
    /// </summary>
    /// <param name="digest">A digest of the values.</param>
    /// <param name="lastAccepted">The last number that the server is known to have accepted. A new number is higher.</param>
    public long NumberValues(string digest, long lastAccepted)
    {
        if (_document.Values is { IsAccepted: false } pending && pending.Digest == digest && pending.Number >= lastAccepted)
            return pending.Number;
        var next = new NumberedValues(Math.Max(_document.Values?.Number ?? 0, lastAccepted) + 1, digest, IsAccepted: false);
        _document = _document with { Values = next };
        Save();
        return next.Number;
    }

    /// <summary>Called when the server has accepted the numbered values.</summary>
    public void AcceptValues()
    {
        if (_document.Values is not { IsAccepted: false } values) return;
        _document = _document with { Values = values with { IsAccepted = true } };
        Save();
    }

    private void Save() =>
        AgentFiles.Write(_state.Journal, JsonSerializer.SerializeToUtf8Bytes(_document, StateJson.Default.JournalDocument));
}
