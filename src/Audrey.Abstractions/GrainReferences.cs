using Orleans;
using Orleans.Runtime;

namespace Audrey.Abstractions;

/// <summary>
/// Creates grain references where thousands of them are needed. Orleans looks up an interface's grain type by reflection for every
/// reference. Here that lookup is done once for each interface.
/// </summary>
public static class GrainReferences
{
    /// <summary>
    /// Does the same as <see cref="IGrainFactory.GetGrain{TGrainInterface}(string, string)"/> for an interface that only one grain type
    /// implements.
    /// </summary>
    /// <param name="grains">The cluster's grains.</param>
    /// <param name="key">The grain's key, see <see cref="GrainKeys"/>.</param>
    public static TGrain Reference<TGrain>(this IGrainFactory grains, string key)
        where TGrain : class, IGrainWithStringKey
    {
        if (Known<TGrain>.Type is { } known) return (TGrain)grains.GetGrain(GrainId.Create(known.Grain, key), known.Interface);
        var first = grains.GetGrain<TGrain>(key);
        if (first is GrainReference reference) Known<TGrain>.Type = new(reference.GrainId.Type, reference.InterfaceType);
        return first;
    }

    private sealed record Types(GrainType Grain, GrainInterfaceType Interface);

    /// <summary>Names from attributes of this code. They are the same in every cluster of the process.</summary>
    private static class Known<TGrain>
    {
        public static Types? Type { get; set; }
    }
}
