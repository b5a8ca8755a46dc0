using Audrey.Core.Ids;

namespace Audrey.Core.Graphs;

/// <summary>A service of an instance, as a node of who waits for whose end.</summary>
public readonly record struct ServiceNode(InstanceId Instance, string Service);
