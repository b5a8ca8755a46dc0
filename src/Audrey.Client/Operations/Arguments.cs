using Audrey.Core.Documents;

namespace Audrey.Client.Operations;

/// <summary>Checks arguments. Ids are structs, so one that was not made by Parse has no text.</summary>
internal static class Arguments
{
    /// <exception cref="ArgumentException">The id has no text.</exception>
    public static void ThrowIfEmpty(string? value, string parameter)
    {
        if (value is null) throw new ArgumentException("The id is empty: create it with Parse.", parameter);
    }

    /// <exception cref="ArgumentException">An id of the instance has no text.</exception>
    public static void ThrowIfUnidentified(InstanceConfig config)
    {
        ThrowIfEmpty(config.Id.Value, nameof(config));
        ThrowIfEmpty(config.Deployable.Value, nameof(config));
    }
}
