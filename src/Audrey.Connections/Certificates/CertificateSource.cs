using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Audrey.Connections.Certificates;

/// <summary>
/// The current certificates. Files that were replaced are read again before the next handshake. If the new files cannot be used, the
/// previous certificates stay in use.
/// </summary>
internal sealed class CertificateSource : IDisposable
{
    /// <summary>The minimum time between two looks at the files, so that a flood of connections does not cause more reads.</summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    /// <summary>The time between two looks when nobody connects, so that the log soon shows whether new files can be used.</summary>
    private static readonly TimeSpan IdleLookInterval = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan WarningTime = TimeSpan.FromDays(14);

    private static readonly TimeSpan WarningInterval = TimeSpan.FromDays(1);

    private readonly CertificateFiles _files;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private readonly ITimer _timer;
    private LoadedCertificates _loaded;
    private string _digest;
    private string _refused = "";
    private long _looked;
    private DateTimeOffset _warned;

    /// <exception cref="UnusableCertificateException">A file cannot be used.</exception>
    public CertificateSource(CertificateFiles files, TimeProvider time, ILogger logger)
    {
        (_files, _time, _logger) = (files, time, logger);
        (_loaded, _digest) = files.Load(time);
        _looked = time.GetTimestamp();
        WarnOfExpiry();
        _timer = time.CreateTimer(_ => GetCurrent(), null, IdleLookInterval, IdleLookInterval);
    }

    /// <summary>Gets the certificates for a handshake.</summary>
    public LoadedCertificates GetCurrent()
    {
        lock (_lock)
        {
            if (_time.GetElapsedTime(_looked) < LookInterval) return _loaded;
            _looked = _time.GetTimestamp();
            Look();
            WarnOfExpiry();
            return _loaded;
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        _loaded.Dispose();
    }

    /// <summary>
    /// Reads files that were replaced. The old certificates are not disposed, because other handshakes can still be using them.
    /// </summary>
    private void Look()
    {
        try
        {
            if (_files.ReadDigest() is var digest && (digest == _digest || digest == _refused)) return;
            _refused = digest;
            var (loaded, read) = _files.Load(_time);
            ThrowIfOlder(loaded);
            (_loaded, _digest) = (loaded, read);
            var expiry = Expiry();
            _logger.LogReplaced(_files.Certificate, expiry);
        }
        catch (UnusableCertificateException unusable)
        {
            _logger.LogNotReplaced(unusable.Message);
        }
    }

    /// <summary>
    /// Refuses an expired certificate that replaces a later one. At the start an expired certificate is used if the other side has no
    /// certificate: there is no other one, and some clients do not check it.
    /// </summary>
    private void ThrowIfOlder(LoadedCertificates loaded)
    {
        if (_time.GetUtcNow().UtcDateTime <= UntilOf(loaded) || UntilOf(loaded) >= UntilOf(_loaded)) return;
        var until = UntilOf(loaded).ToString("u", CultureInfo.InvariantCulture);
        loaded.Dispose();
        throw new UnusableCertificateException(
            nameof(_files.Certificate), $"is '{_files.Certificate}', which expired at {until}, earlier than the previous certificate");
    }

    private void WarnOfExpiry()
    {
        var (now, until) = (_time.GetUtcNow(), UntilOf(_loaded));
        if (until - now.UtcDateTime > WarningTime || now - _warned < WarningInterval) return;
        _warned = now;
        var expiry = Expiry();
        _logger.LogExpiry(_files.Certificate, expiry);
    }

    private string Expiry() => UntilOf(_loaded).ToString("u", CultureInfo.InvariantCulture);

    private static DateTime UntilOf(LoadedCertificates loaded) => loaded.Own.TargetCertificate.NotAfter.ToUniversalTime();
}
