using System.Collections.Immutable;

namespace Audrey.Core.Tests.Machines;

/// <summary>A world of real machines, which a specification advances step by step.</summary>
/// <typeparam name="TStep">The type of the steps.</typeparam>
/// <typeparam name="TView">The type of the observable state. Two worlds with equal views behave in the same way from then on.</typeparam>
internal interface IWorld<TStep, out TView>
{
    /// <summary>Returns whether a step is possible now.</summary>
    bool Can(TStep step);

    /// <summary>Executes a step.</summary>
    void Take(TStep step);

    /// <summary>Returns the observable state.</summary>
    TView View();
}

/// <summary>
/// A state of a specification: the view of a world, and the steps that lead to it. A step changes the machines in place. Therefore a
/// further step is executed in a new world, after all previous steps. Scenes with equal views are equal.
/// </summary>
internal sealed class Scene<TWorld, TStep, TView> : IEquatable<Scene<TWorld, TStep, TView>>
    where TWorld : IWorld<TStep, TView>
    where TStep : struct, Enum
    where TView : notnull
{
    private static readonly TStep[] Steps = Enum.GetValues<TStep>();

    private readonly Func<TWorld> _create;
    private readonly ImmutableList<TStep> _path;
    private readonly ImmutableHashSet<TStep> _possible;

    public Scene(Func<TWorld> create)
        : this(create, [])
    {
    }

    private Scene(Func<TWorld> create, ImmutableList<TStep> path)
    {
        (_create, _path) = (create, path);
        var world = create();
        foreach (var step in path) world.Take(step);
        View = world.View();
        _possible = [.. Steps.Where(world.Can)];
    }

    /// <summary>The observable state of the world.</summary>
    public TView View { get; }

    public bool Can(TStep step) => _possible.Contains(step);

    public Scene<TWorld, TStep, TView> After(TStep step) => new(_create, _path.Add(step));

    public bool Equals(Scene<TWorld, TStep, TView>? other) => other is not null && View.Equals(other.View);

    public override bool Equals(object? obj) => Equals(obj as Scene<TWorld, TStep, TView>);

    public override int GetHashCode() => View.GetHashCode();

    public override string ToString() => View.ToString()!;
}
