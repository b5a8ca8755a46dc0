using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Audrey.Agent.State;

/// <summary>What is remembered across runs and reboots.</summary>
internal sealed record JournalDocument
{
    public int Format { get; init; } = 1;

    /// <summary>Whose journal it is: a digest of the user data's identity. An image that was copied with its journal starts anew.</summary>
    public required string Identity { get; init; }

    public Dictionary<string, ServiceRecord> Services { get; init; } = [];

    /// <summary>The values that services' scripts wrote, in base64 by name.</summary>
    public Dictionary<string, string> Provided { get; init; } = [];

    /// <summary>The last values that were given under a number; null if none were.</summary>
    public NumberedValues? Values { get; init; }
}

/// <summary>Values that were given under a number.</summary>
/// <param name="Revision">The number.</param>
/// <param name="Digest">A digest of the values, which tells nothing of them.</param>
/// <param name="Taken">Whether the server is known to have got them.</param>
internal sealed record NumberedValues(long Revision, string Digest, bool Taken);

/// <summary>How a service went.</summary>
internal sealed record ServiceRecord
{
    /// <summary>A digest of the configuration and the files it ran with.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Which attempt at the service this was. Journals of before runs were counted have 0.</summary>
    public long Run { get; init; }

    public required DateTimeOffset Started { get; init; }

    /// <summary>When it ended; null if the run was cut short, and then it is run again.</summary>
    public DateTimeOffset? Ended { get; init; }

    public int? ExitStatus { get; init; }

    /// <summary>What was wrong besides the status; null if nothing.</summary>
    public string? Problem { get; init; }

    /// <summary>Whether its output may quote values in a form in which they are not found again: it is not told to the server.</summary>
    public bool OutputMayQuote { get; init; }
}

/// <summary>The journal of one instance, on disk before anything relies on it.</summary>
internal sealed class Journal
{
    private readonly StateDirectory _state;
    private JournalDocument _document;

    private Journal(StateDirectory state, JournalDocument document) => (_state, _document) = (state, document);

    /// <summary>Opens it; one of another instance, or one that is damaged, is begun anew.</summary>
    /// <param name="state">Where it is.</param>
    /// <param name="identity">What tells this instance from others.</param>
    /// <param name="warn">Told when a damaged journal is begun anew.</param>
    public static Journal Open(StateDirectory state, string identity, Action<string> warn)
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity)));
        if (!File.Exists(state.Journal)) return new Journal(state, new JournalDocument { Identity = digest });
        try
        {
            var document = JsonSerializer.Deserialize(File.ReadAllBytes(state.Journal), StateJson.Default.JournalDocument);
            if (document is { Format: 1 } && document.Identity == digest) return new Journal(state, document);
            if (document?.Identity == digest) warn($"The journal is of format {document.Format}, which this version does not know: services are run again.");
        }
        catch (JsonException)
        {
            warn("The journal is damaged: services are run again.");
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

    /// <summary>The value that a service's script wrote under this name; null if none did.</summary>
    public byte[]? Provided(string name) => _document.Provided.TryGetValue(name, out var value) ? Convert.FromBase64String(value) : null;

    public void Provide(IReadOnlyDictionary<string, byte[]> values)
    {
        if (values.Count == 0) return;
        foreach (var (name, value) in values) _document.Provided[name] = Convert.ToBase64String(value);
        Save();
    }

    /// <summary>The number to give values under: the last one if these were given under it and their answer never came, else a new one.</summary>
    /// <param name="digest">A digest of the values.</param>
    /// <param name="taken">A number that the server is known to have taken; a new one is higher.</param>
    public long NumberValues(string digest, long taken)
    {
        if (_document.Values is { Taken: false } pending && pending.Digest == digest && pending.Revision >= taken) return pending.Revision;
        var next = new NumberedValues(Math.Max(_document.Values?.Revision ?? 0, taken) + 1, digest, Taken: false);
        _document = _document with { Values = next };
        Save();
        return next.Revision;
    }

    /// <summary>Remembers that the numbered values have come to the server.</summary>
    public void TakeValues()
    {
        if (_document.Values is not { Taken: false } values) return;
        _document = _document with { Values = values with { Taken = true } };
        Save();
    }

    private void Save() => StateDirectory.Write(_state.Journal, JsonSerializer.SerializeToUtf8Bytes(_document, StateJson.Default.JournalDocument));
}
