using Orleans;
using Orleans.Runtime;

namespace Audrey.Abstractions;

/// <summary>
/// References to grains where they are made by the thousand. Orleans looks an interface's grain type up by reflection each time it is asked
/// for a reference; here that is done once for each interface.
/// </summary>
public static class GrainReferences
{
    /// <summary>The same as <see cref="IGrainFactory.GetGrain{TGrainInterface}(string, string)"/> for an interface that one grain type has.</summary>
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

    /// <summary>Names from attributes of this code, so the same in every cluster of the process.</summary>
    private static class Known<TGrain>
    {
        public static Types? Type { get; set; }
    }
}
