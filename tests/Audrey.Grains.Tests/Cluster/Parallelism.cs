// One cluster at a time: silos that starve beside another cluster's load would take each other for dead.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
