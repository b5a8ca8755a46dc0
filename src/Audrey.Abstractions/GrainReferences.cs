using Orleans;
using Orleans.Runtime;

namespace Audrey.Abstractions;

/// <summary>
/// Creates grain references for code that needs thousands of them. Orleans looks up an interface's grain type by reflection for every
/// reference. This class does the lookup once for each interface.
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

    /// <summary>
    /// The type names of an interface. The names come from attributes in the code, so they are the same for every cluster that the process
    /// connects to.
    /// </summary>
    private static class Known<TGrain>
    {
        public static Types? Type { get; set; }
    }
}
