namespace Audrey.Core.Replay;

/// <summary>The result when a <see cref="ReplayWindow"/> checks a GET.</summary>
public enum GetFreshness
{
    /// <summary>The GET was not seen before.</summary>
    Fresh,

    /// <summary>The GET is not remembered, but is so old that it may have been seen before.</summary>
    Unclear,

    /// <summary>The same GET was seen before. It is answered and changes nothing.</summary>
    Repeated,

    /// <summary>The GET is a late repetition, or much older than the newest request. It is answered as if there were nothing.</summary>
    Outdated,
}

/// <summary>
/// The GETs of a guest under one secret. GETs can change contact times, the start of a service and, in version 0, the address.
/// </summary>
/// <remarks>
/// A GET causes no write by itself. The last GETs are kept in memory, and every write of the row includes them. If a GET is more than <see
/// cref="Interval"/> seconds newer than the newest written timestamp, by the guest's clock, the row is written before the answer. So after
/// a crash, a GET that is newer than that was certainly not seen before. For an older one that is not remembered, this is unclear.
/// </remarks>
public sealed class ReplayWindow
{
    /// <summary>Maximum lag of the written timestamp, in seconds of the guest's clock.</summary>
    public const long Interval = 60;

    /// <summary>
    /// How long a repeated GET is answered, in seconds of the server's clock. Clients of 2012 repeat a GET byte for byte.
    /// </summary>
    public const long AnswerSeconds = 60;

    /// <summary>A GET whose timestamp is more than this number of seconds behind the newest of its secret is outdated.</summary>
    public const long MaxAge = 24 * 60 * 60;

    /// <summary>
    /// Maximum number of GETs that are kept individually. Above this number, the GET that was received first is forgotten.
    /// </summary>
    public const int Capacity = 64;

    private readonly List<Received> _recent = [];
    private int _first;
    private long _floor;
    private long _written;
    private long _newestGet;

    /// <summary>Starts from the row.</summary>
    /// <param name="written">The requests in the row.</param>
    /// <param name="uptime">The current time, on a clock that only rises. A repetition of a GET in the row is answered from now
    /// on.</param>
    public ReplayWindow(GuestRequests written, TimeSpan uptime)
    {
        ArgumentNullException.ThrowIfNull(written);
        (SecretDigest, Newest, _written) = (written.SecretDigest, written.Newest, written.NewestGet);
        _newestGet = written.NewestGet;
        _floor = AddInterval(written.NewestGet);
        var reader = new RequestMarks.Reader(written.Gets);
        while (reader.Read()) Keep(new(reader.Mark.Timestamp, (uint)reader.Mark.Nonce, SecondsOf(uptime)));
    }

    /// <summary>The digest of the secret.</summary>
    public uint SecretDigest { get; }

    /// <summary>The newest timestamp of the requests under the secret.</summary>
    public long Newest { get; private set; }

    /// <summary>Judges a GET, and remembers it if it was not seen before.</summary>
    /// <param name="mark">The mark of the GET.</param>
    /// <param name="uptime">The current time, on a clock that only rises.</param>
    /// <param name="answersOutdated">Whether outdated GETs are answered as well.</param>
    public GetFreshness Add(RequestMark mark, TimeSpan uptime, bool answersOutdated = false)
    {
        var nonce = (uint)mark.Nonce;
        var now = SecondsOf(uptime);
        foreach (var known in _recent)
        {
            if (known.Timestamp != mark.Timestamp || known.Nonce != nonce) continue;
            return now - known.At <= AnswerSeconds || answersOutdated ? GetFreshness.Repeated : GetFreshness.Outdated;
        }

        if (!answersOutdated && mark.Timestamp < SubtractMaxAge(Newest)) return GetFreshness.Outdated;
        var isFresh = mark.Timestamp > _floor;
        Keep(new(mark.Timestamp, nonce, now));
        Newest = Math.Max(Newest, mark.Timestamp);
        _newestGet = Math.Max(_newestGet, mark.Timestamp);
        return isFresh ? GetFreshness.Fresh : GetFreshness.Unclear;
    }

    /// <summary>Returns whether the newest timestamp must be written before this request is answered.</summary>
    public bool MustWrite(RequestMark mark) => mark.Timestamp > AddInterval(_written);

    /// <summary>Returns the requests to write, with the last GETs.</summary>
    public GuestRequests WithGets(GuestRequests written)
    {
        ArgumentNullException.ThrowIfNull(written);
        if (_recent.Count == 0) return written;
        return written with
        {
            Newest = Math.Max(Newest, written.Newest),
            NewestGet = _newestGet,
            Gets = RequestMarks.Write(_recent.OrderBy(get => get.Timestamp).Select(get => new RequestMark(get.Timestamp, get.Nonce, 0))),
        };
    }

    /// <summary>Called after a row was written.</summary>
    public void OnWritten(GuestRequests written)
    {
        ArgumentNullException.ThrowIfNull(written);
        _written = Math.Max(_written, written.NewestGet);
        Newest = Math.Max(Newest, written.Newest);
    }

    private void Keep(Received get)
    {
        if (_recent.Count < Capacity)
        {
            _recent.Add(get);
            return;
        }

        _floor = Math.Max(_floor, _recent[_first].Timestamp);
        _recent[_first] = get;
        _first = (_first + 1) % Capacity;
    }

    private static uint SecondsOf(TimeSpan uptime) => (uint)(long)uptime.TotalSeconds;

    private static long AddInterval(long timestamp) =>
        timestamp == long.MinValue ? timestamp : timestamp > long.MaxValue - Interval ? long.MaxValue : timestamp + Interval;

    private static long SubtractMaxAge(long timestamp) => timestamp < long.MinValue + MaxAge ? long.MinValue : timestamp - MaxAge;

    private readonly record struct Received(long Timestamp, uint Nonce, uint At);
}

/// <summary>The replay windows of the secrets that a guest used since the start of the activation, in the order of last use.</summary>
internal sealed class ReplayWindows
{
    private readonly List<ReplayWindow> _windows = [];

    /// <summary>Returns the window of a secret. The first GET under the secret creates it.</summary>
    public ReplayWindow Of(uint secret, GuestMemory written, TimeSpan uptime)
    {
        // Almost every GET is under the secret that was used last. This case allocates nothing.
        if (_windows is [.., var last] && last.SecretDigest == secret) return last;
        return Use(secret, written, uptime);
    }

    /// <summary>
    /// Returns a memory in which the secret of the latest GET is the one that was used last, if the memory has it. So a PUT under another
    /// secret does not displace it.
    /// </summary>
    public GuestMemory InOrderOfUse(GuestMemory written)
    {
        if (_windows.Count == 0) return written;
        var latest = _windows[^1].SecretDigest;
        return written.Has(latest) && written.Secrets[^1].SecretDigest != latest ? written.With(written.Of(latest)) : written;
    }

    /// <summary>
    /// Returns the memory to write, with the last GETs of each secret that it has. Only the secret of the latest GET is added, so the GETs
    /// of earlier secrets never displace the PUTs of a later one.
    /// </summary>
    public GuestMemory WithGets(GuestMemory written)
    {
        foreach (var window in _windows)
        {
            var requests = window.WithGets(written.Of(window.SecretDigest));
            if (window == _windows[^1]) written = written.With(requests);
            else if (written.Has(window.SecretDigest)) written = written.Update(requests);
        }

        return written;
    }

    /// <summary>Called after a row was written.</summary>
    public void OnWritten(GuestMemory written)
    {
        foreach (var window in _windows) window.OnWritten(written.Of(window.SecretDigest));
    }

    /// <summary>Forgets the windows. They start from the row again.</summary>
    public void Clear() => _windows.Clear();

    /// <summary>Makes a secret the one that was used last, and returns its window.</summary>
    private ReplayWindow Use(uint secret, GuestMemory written, TimeSpan uptime)
    {
        var at = _windows.FindIndex(known => known.SecretDigest == secret);
        var window = at >= 0 ? _windows[at] : new ReplayWindow(written.Of(secret), uptime);
        if (at >= 0) _windows.RemoveAt(at);
        else if (_windows.Count == GuestMemory.MaxSecrets) _windows.RemoveAt(0);
        _windows.Add(window);
        return window;
    }
}
