using Audrey.Gateway.Limits;

namespace Audrey.Gateway.Requests;

/// <summary>One body while it is read: the bytes that have arrived, and the time that is left.</summary>
/// <param name="lease">The memory of the body.</param>
/// <param name="limit">The maximum number of bytes that are kept.</param>
/// <param name="timeout">The time within which the whole body must arrive.</param>
/// <param name="time">The clock.</param>
internal sealed class BodyReading(BodyLease lease, int limit, TimeSpan timeout, TimeProvider time) : IDisposable
{
    private const int FirstBuffer = 1024;
    private const int MaxExpected = 64 * 1024;

    private readonly long _began = time.GetTimestamp();
    private CancellationTokenSource? _deadline;
    private byte[] _buffer = [];
    private int _length;

    /// <summary>Gets a token that is cancelled when the time has passed. The timer starts when the token is first used.</summary>
    public CancellationToken Deadline => (_deadline ??= CreateDeadline()).Token;

    /// <summary>Gets whether the time has passed.</summary>
    public bool IsLate => _deadline is { IsCancellationRequested: true };

    /// <summary>Gets the bytes that were added.</summary>
    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, _length);

    /// <summary>
    /// Takes memory for the beginning of a body of a stated length. The statement can be false, so it is believed up to a limit only.
    /// </summary>
    /// <exception cref="BodyMemoryException">There is no memory left.</exception>
    public void Expect(long length)
    {
        if (length > 0) Grow((int)Math.Min(length, Math.Min(MaxExpected, limit)));
    }

    /// <summary>Adds bytes that have arrived.</summary>
    /// <exception cref="BodyMemoryException">There is no memory left.</exception>
    /// <exception cref="Microsoft.AspNetCore.Http.BadHttpRequestException">The body is larger than the limit (413).</exception>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > limit - _length) throw BodyReader.TooLarge(limit);
        if (bytes.Length > _buffer.Length - _length)
            Grow((int)Math.Min(limit, Math.Max(Math.Max(FirstBuffer, 2L * _buffer.Length), (long)_length + bytes.Length)));
        bytes.CopyTo(_buffer.AsSpan(_length));
        _length += bytes.Length;
    }

    public void Dispose() => _deadline?.Dispose();

    private void Grow(int size)
    {
        if (!lease.TryGrow(size - _buffer.Length)) throw new BodyMemoryException();
        Array.Resize(ref _buffer, size);
    }

    private CancellationTokenSource CreateDeadline()
    {
        var left = timeout - time.GetElapsedTime(_began);
        return new(left > TimeSpan.Zero ? left : TimeSpan.Zero, time);
    }
}

/// <summary>Thrown when a body cannot take more memory.</summary>
internal sealed class BodyMemoryException : Exception;
