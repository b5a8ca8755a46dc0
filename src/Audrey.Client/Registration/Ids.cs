namespace Audrey.Client.Registration;

/// <summary>Ids are structs, so one that was never made by Parse has no text.</summary>
internal static class Ids
{
    /// <exception cref="ArgumentException">The id has no text.</exception>
    public static void ThrowIfEmpty(string? value, string parameter)
    {
        if (value is null) throw new ArgumentException("The id is empty: make it with Parse.", parameter);
    }
}
