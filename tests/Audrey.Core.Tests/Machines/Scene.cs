using System.Collections.Immutable;

namespace Audrey.Core.Tests.Machines;

/// <summary>A world that real machines live in, and that a specification moves step by step.</summary>
/// <typeparam name="TStep">The steps.</typeparam>
/// <typeparam name="TView">What is seen of the world. Two worlds with equal views go on in the same way.</typeparam>
internal interface IWorld<TStep, out TView>
{
    /// <summary>Returns whether a step is possible now.</summary>
    bool Can(TStep step);

    /// <summary>Takes a step.</summary>
    void Take(TStep step);

    /// <summary>Returns what is seen now.</summary>
    TView View();
}

/// <summary>
/// A state of a specification: the view of a world, and the steps that lead to it. Machines change in place, so a further step is taken in
/// a new world that has taken all steps before. Scenes with equal views are equal.
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

    /// <summary>What is seen.</summary>
    public TView View { get; }

    public bool Can(TStep step) => _possible.Contains(step);

    public Scene<TWorld, TStep, TView> After(TStep step) => new(_create, _path.Add(step));

    public bool Equals(Scene<TWorld, TStep, TView>? other) => other is not null && View.Equals(other.View);

    public override bool Equals(object? obj) => Equals(obj as Scene<TWorld, TStep, TView>);

    public override int GetHashCode() => View.GetHashCode();

    public override string ToString() => View.ToString()!;
}
