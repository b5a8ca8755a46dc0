using System.Security.Cryptography;
using Audrey.Core.Secrets;
using Audrey.Server.Settings;
using Audrey.Storage;
using Microsoft.AspNetCore.DataProtection;

namespace Audrey.Server.Secrets;

/// <summary>Encrypts rows with ASP.NET Core Data Protection. The keys are files outside the database.</summary>
internal sealed class KeyRing(string directory, SecretsSettings settings, TimeProvider time) : IRowProtection, IDisposable
{
    /// <summary>Data that is encrypted for one purpose cannot be decrypted for another purpose, although the keys are the same.</summary>
    private const string Purpose = "Audrey.Storage.Row.1";

    /// <summary>The minimum time between two reads of the directory that are caused by unknown keys.</summary>
    private static readonly TimeSpan ReloadInterval = TimeSpan.FromSeconds(1);

    /// <summary>The number of bytes before the key's id in encrypted data.</summary>
    private const int KeyIdOffset = 4;

    private const int KeyIdLength = 16;

    private readonly KeyFiles _files = new(directory);
    private readonly Lock _loading = new();
    private volatile LoadedKeys? _loaded;

    /// <summary>Gets the directory of the keys.</summary>
    public string Directory => directory;

    public string? ExistingKeys => _files.Any ? directory : null;

    public bool Covers(object state) => state is IHoldsSecrets { HoldsSecrets: true };

    public byte[] Protect(byte[] row)
    {
        try
        {
            return Current().Protector.Protect(row);
        }
        catch (CryptographicException failure)
        {
            throw new StorageFailedException(Cause(failure) ?? $"No key in {directory} can be used to encrypt: {failure.Message}", failure);
        }
    }

    public byte[] Unprotect(byte[] row)
    {
        var loaded = Current();
        try
        {
            return loaded.Protector.Unprotect(row);
        }
        catch (CryptographicException) when (Reload(loaded) is { } again)
        {
            return Unprotect(row, again);
        }
        catch (CryptographicException failure)
        {
            throw NotReadable(row, failure);
        }
    }

    /// <summary>Creates a new key and encrypts with it from now on.</summary>
    /// <exception cref="IOException">The key cannot be written.</exception>
    public void MakeKey()
    {
        var now = time.GetUtcNow();
        Current().Keys.CreateNewKey(now, now + settings.KeyLifetime);
        lock (_loading) _loaded = null;
    }

    public void Dispose() => _loaded?.Dispose();

    private byte[] Unprotect(byte[] row, LoadedKeys loaded)
    {
        try
        {
            return loaded.Protector.Unprotect(row);
        }
        catch (CryptographicException failure)
        {
            throw NotReadable(row, failure);
        }
    }

    private LoadedKeys Current()
    {
        if (_loaded is { } loaded) return loaded;
        lock (_loading) return _loaded ??= Load();
    }

    /// <summary>
    /// Reads the keys again. Another server could have created a key in the meantime, and data protection itself reads its keys only once a
    /// day. The old object is not disposed, because other callers can still be using it.
    /// </summary>
    private LoadedKeys? Reload(LoadedKeys old)
    {
        lock (_loading)
        {
            if (_loaded != old) return _loaded;
            return time.GetElapsedTime(old.At) < ReloadInterval ? null : _loaded = Load();
        }
    }

    private LoadedKeys Load() => LoadedKeys.Read(_files, settings, Purpose, time.GetTimestamp());

    private StorageFailedException NotReadable(byte[] row, CryptographicException failure)
    {
        if (Cause(failure) is { } cause) return new(cause, failure);
        var key = row.Length < KeyIdOffset + KeyIdLength ? Guid.Empty : new Guid(row.AsSpan(KeyIdOffset, KeyIdLength));
        return new(
            _files.Has(key)
                ? $"A row cannot be decrypted with its key {key:D} in {directory}. The row or the key is damaged, or the key is "
                    + "encrypted with a certificate that is not in Audrey:Secrets:Certificates. Nothing was changed. Restore "
                    + "the keys, or the database, from a backup."
                : $"The database is encrypted with the key {key:D}, which is not in {directory}. Nothing was changed. Restore the keys "
                    + "from a backup, or name their directory with --Audrey:Secrets:KeysDirectory=DIR. Servers of one cluster share one "
                    + "directory. Without that key the secrets are lost.",
            failure);
    }

    /// <summary>Returns the message of the file error that data protection wraps. Null if there is no such error.</summary>
    private static string? Cause(Exception? failure)
    {
        for (; failure is not null; failure = failure.InnerException)
            if (failure is IOException) return failure.Message;
        return null;
    }
}
