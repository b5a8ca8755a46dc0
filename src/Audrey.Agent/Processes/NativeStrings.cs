using System.Runtime.InteropServices;
using System.Text;

namespace Audrey.Agent.Processes;

/// <summary>
/// NUL-terminated strings outside the managed heap. The strings may hold secrets, so they are cleared before the memory is freed.
/// </summary>
internal sealed unsafe class NativeStrings : IDisposable
{
    private readonly List<(nint Memory, int Bytes)> _owned = [];

    public byte* Add(string text) => Add(Encoding.UTF8.GetBytes(text));

    /// <summary>Creates a NULL-terminated array of the strings.</summary>
    public byte** AddAll(IEnumerable<byte[]> texts)
    {
        var pointers = texts.Select(text => (nint)Add(text)).ToArray();
        var array = (byte**)Take((pointers.Length + 1) * sizeof(nint));
        for (var i = 0; i < pointers.Length; i++) array[i] = (byte*)pointers[i];
        array[pointers.Length] = null;
        return array;
    }

    public void Dispose()
    {
        foreach (var (memory, bytes) in _owned)
        {
            new Span<byte>((void*)memory, bytes).Clear();
            NativeMemory.Free((void*)memory);
        }

        _owned.Clear();
    }

    private byte* Add(byte[] text)
    {
        var copy = (byte*)Take(text.Length + 1);
        text.CopyTo(new Span<byte>(copy, text.Length));
        copy[text.Length] = 0;
        return copy;
    }

    private void* Take(int bytes)
    {
        var memory = NativeMemory.Alloc((nuint)bytes);
        _owned.Add(((nint)memory, bytes));
        return memory;
    }
}
