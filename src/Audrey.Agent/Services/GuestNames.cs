using System.Text;

namespace Audrey.Agent.Services;

/// <summary>Checks names.</summary>
internal static class GuestNames
{
    private const int MaxNameLength = 1024;
    private const int MaxFileNameBytes = 255;

    /// <summary>Returns whether a parameter can have this name.</summary>
    public static bool IsName(string name) =>
        name.Length is > 0 and <= MaxNameLength && !name.Any(char.IsControl) && name.AsSpan().IndexOfAny('|', '&') < 0;

    /// <summary>Returns whether a service can have this name. The name is also used as the name of a folder.</summary>
    public static bool IsServiceName(string name) =>
        IsName(name)
        && name is not ("." or "..")
        && name.AsSpan().IndexOfAny('/', '\\') < 0
        && Encoding.UTF8.GetByteCount(name) <= MaxFileNameBytes;
}
