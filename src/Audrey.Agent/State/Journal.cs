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

    /// <summary>Opens the journal. If the journal is damaged or belongs to another instance, an empty journal replaces it.</summary>
    /// <param name="state">The state directory.</param>
    /// <param name="identity">Identifies the instance.</param>
    /// <param name="log">Receives a warning if a damaged journal is replaced.</param>
    public static Journal Open(StateDirectory state, string identity, IAgentLog log)
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity)));
        if (!File.Exists(state.Journal)) return new Journal(state, new JournalDocument { Identity = digest });
        try
        {
            var document = JsonSerializer.Deserialize(File.ReadAllBytes(state.Journal), StateJson.Default.JournalDocument);
            if (document is { Format: 1 } && document.Identity == digest) return new Journal(state, document);
            if (document?.Identity == digest)
                log.Write($"The journal has format {document.Format}, which this version does not support. All services are run again.");
        }
        catch (JsonException)
        {
            log.Write("The journal is damaged. All services are run again.");
        }

        return new Journal(state, new JournalDocument { Identity = digest });
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

    /// <summary>Returns the value that a service's script provided under this name. Null if no script provided one.</summary>
    public byte[]? FindProvided(string name) =>
        _document.Provided.TryGetValue(name, out var value) ? Convert.FromBase64String(value) : null;

    public void PutProvided(IReadOnlyDictionary<string, byte[]> values)
    {
        if (values.Count == 0) return;
        foreach (var (name, value) in values) _document.Provided[name] = Convert.ToBase64String(value);
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
