using System.Net.NetworkInformation;
using System.Security.Cryptography;
using System.Text;
using Audrey.Agent.State;

namespace Audrey.Agent.Stages.Give;

/// <summary>
/// The facts that the server has accepted. They are looked at again when a run starts, when the system reports a change of an address, and
/// at an interval, because an address can change.
/// </summary>
internal sealed class GivenFacts : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    private readonly Journal _journal;
    private readonly byte[] _key;
    private readonly TimeProvider _time;
    private long? _lookedAt;
    private volatile CancellationTokenSource _change = new();

    /// <param name="journal">Keeps digests of the values across runs.</param>
    /// <param name="secret">The key of the digests, so that the journal does not reveal the values.</param>
    /// <param name="time">The clock for the interval.</param>
    public GivenFacts(Journal journal, string secret, TimeProvider time)
    {
        (_journal, _key, _time) = (journal, Encoding.UTF8.GetBytes(secret), time);
        NetworkChange.NetworkAddressChanged += OnAddressChanged;
    }

    /// <summary>Whether the facts must be looked at again.</summary>
    public bool IsDue => _change.IsCancellationRequested || _lookedAt is not { } last || _time.GetElapsedTime(last) >= Interval;

    /// <summary>Cancelled when the system reports a change of an address. Then a wait for the server must not continue.</summary>
    public CancellationToken AddressChange => _change.Token;

    public IReadOnlyCollection<string> Names => [.. _journal.Given.Keys];

    /// <summary>Called before the facts are looked at.</summary>
    public void StartLook()
    {
        if (_change.IsCancellationRequested) _change = new CancellationTokenSource();
        _lookedAt = _time.GetTimestamp();
    }

    /// <summary>Called if the changed values could not be sent. The facts are then looked at again soon.</summary>
    public void RepeatLook() => _lookedAt = null;

    /// <summary>Returns the values that differ from the accepted ones.</summary>
    public Dictionary<string, byte[]> FindChanged(IReadOnlyDictionary<string, byte[]> values) =>
        values.Where(value => _journal.Given.GetValueOrDefault(value.Key) is { } digest && digest != Digest(value.Key, value.Value))
            .ToDictionary();

    /// <summary>
    /// Records the answer of the server. Values that scripts provided are not recorded, because they are not looked at again.
    /// </summary>
    public void Record(IReadOnlyDictionary<string, byte[]> values, IReadOnlyList<string> refused)
    {
        _journal.RemoveGiven(refused);
        var accepted = values.Where(value => !refused.Contains(value.Key) && _journal.FindProvided(value.Key) is null).ToArray();
        _journal.PutGiven(accepted.ToDictionary(value => value.Key, value => Digest(value.Key, value.Value)));
        _journal.PutReported(accepted.Where(value => SshdFacts.Names.Contains(value.Key))
            .ToDictionary(value => value.Key, value => Encoding.UTF8.GetString(value.Value)));
    }

    public void Dispose() => NetworkChange.NetworkAddressChanged -= OnAddressChanged;

    private void OnAddressChanged(object? sender, EventArgs change) => _change.Cancel();

    private string Digest(string name, byte[] value) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(_key, (byte[])[.. Encoding.UTF8.GetBytes(name), 0, .. value]));
}
